-- breaking: yes

drop table position;
drop table person;

-- People. Whom they report to, at which level they are and to which unit they belong is theirs.
create table person (
  tenant_id text not null,
  id uuid not null,
  role text not null,
  -- the original name, which customers never see
  name text not null,
  screen_name text not null,
  email text,
  phone text,
  -- in the order of preference; texts are written in the first
  languages text[] not null,
  time_zone text,
  calendar_id uuid,
  manager_id uuid,
  level text,
  unit_id uuid,
  active boolean not null,
  external_id text,
  -- added by an import of tickets: what later lines say of the person still counts
  imported boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null,
  -- the transaction that wrote the row last: who pages through the list finds by it what has moved meanwhile
  written_in bigint,
  primary key (tenant_id, id)
);
create unique index person_external_id on person (tenant_id, external_id) where external_id is not null;
create index person_name on person (tenant_id, name, id);
create index person_by_manager on person (tenant_id, manager_id, id) where manager_id is not null;
create index person_by_level on person (tenant_id, level, id) where level is not null;
create index person_by_unit on person (tenant_id, unit_id, id) where unit_id is not null;
create index person_written on person (tenant_id, written_in) where written_in is not null;

create function note_transaction () returns trigger language plpgsql as $$
begin
  new.written_in := pg_current_xact_id()::text::bigint;
  return new;
end $$;
create trigger person_written_in before insert or update on person for each row execute function note_transaction();
