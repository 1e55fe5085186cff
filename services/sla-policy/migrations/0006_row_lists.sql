-- breaking: no

-- The transaction that wrote the row last: who pages through the list finds by it what has moved meanwhile.
alter table sla_row add column written_in bigint;
create index sla_row_written on sla_row (tenant_id, written_in) where written_in is not null;
create index sla_row_name on sla_row (tenant_id, (lower(name) collate "C"), id);

create function note_transaction () returns trigger language plpgsql as $$
begin
  new.written_in := pg_current_xact_id()::text::bigint;
  return new;
end $$;
create trigger sla_row_written_in before insert or update on sla_row for each row execute function note_transaction();
