-- breaking: no

-- the transaction that wrote a row last: who pages through a list that is ordered by what changes finds by it what has moved meanwhile
create function note_transaction () returns trigger language plpgsql as $$
begin
  new.written_in := pg_current_xact_id()::text::bigint;
  return new;
end $$;

alter table ticket add column written_in bigint;
create trigger ticket_written_in before insert or update on ticket for each row execute function note_transaction();
create index ticket_written on ticket (tenant_id, written_in) where written_in is not null;

alter table person add column written_in bigint;
create trigger person_written_in before insert or update on person for each row execute function note_transaction();
create index person_written on person (tenant_id, written_in) where written_in is not null;
