-- breaking: no

-- The transaction that wrote a clock last: who pages through a list by deadline finds by it what has moved meanwhile. Without an index
-- of its own, which would be written with every mark; only the end of such a list looks at it.
create function note_transaction () returns trigger language plpgsql as $$
begin
  new.written_in := pg_current_xact_id()::text::bigint;
  return new;
end $$;
alter table clock add column written_in bigint;
create trigger clock_written_in before insert or update on clock for each row execute function note_transaction();
