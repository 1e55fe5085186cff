-- breaking: no

-- Under a policy the index on words is of no use (`@@` is not leakproof), so whoever searches asks this function. It runs
-- as the owner of the tables, whom no policy holds, and so is the wall itself: it finds tickets of the tenant that
-- `app.tenant` names, and none when it names nobody. Which tickets, when more than `most` have the words, is left open.
-- Planned anew each time: a rare word is read from the index on words, one that most tickets have by walking a few.
create function tickets_with_words (words text, most integer) returns setof uuid
  language plpgsql stable strict security definer set plan_cache_mode = force_custom_plan as $$
declare
  own constant text := nullif(current_setting('app.tenant', true), '');
begin
  return query select t.id from ticket t
    where t.tenant_id = own and t.subject_words @@ websearch_to_tsquery('simple', words) limit most;
end $$;

-- What the caller has on its path, or makes for its session, is not taken for the tables of this schema.
do $$ begin
  execute format('alter function tickets_with_words set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;

-- The roles of the service have the right by default, as they have it to rows (see infra/postgres).
revoke execute on function tickets_with_words from public;
