-- breaking: no

-- What a search looks at: a row for what a ticket itself says (version 0: its number, subject and description) and one for
-- each of its messages. By themselves, as a ticket's row is written anew with each of its changes, and its words are not.
create table ticket_text (
  tenant_id text not null,
  ticket_id uuid not null,
  version integer not null,
  internal boolean not null,
  words tsvector not null,
  primary key (tenant_id, ticket_id, version)
);

-- Letters as they are compared: Arabic without vowel signs and with one form of alif, ya and ta marbuta, digits as 0 to 9.
create function search_letters (what text) returns text language sql immutable parallel safe as $$
  select translate(what,
    U&'\0623\0625\0622\0671\0649\0629' || '٠١٢٣٤٥٦٧٨٩' || '۰۱۲۳۴۵۶۷۸۹' || U&'\064B\064C\064D\064E\064F\0650\0651\0652\0640',
    U&'\0627\0627\0627\0627\064A\0647' || '0123456789' || '0123456789')
$$;

-- The words of a text. What is no letter parts words: else Postgres takes a-42 for a and -42, and addresses for one word.
-- Words beyond 2 KB are left out by Postgres.
create function search_words (what text) returns tsvector language sql immutable parallel safe as $$
  select to_tsvector('simple', search_letters(translate(what,
    '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~' || U&'\00A0\060C\061B\061F\066B\066C\00AB\00BB\201C\201D\2018\2019\2026\2013\2014',
    repeat(' ', 47))))
$$;

-- The number is found without its zeros too.
create function ticket_words (number text, subject text, description text) returns tsvector
  language sql immutable parallel safe as $$
  select search_words(concat_ws(' . ', number, substring(number from '[1-9][0-9]*$'), subject, description))
$$;

create function add_ticket_texts () returns trigger language plpgsql as $$
begin
  insert into ticket_text (tenant_id, ticket_id, version, internal, words)
    select tenant_id, id, 0, false, ticket_words(number, subject, description) from added;
  return null;
end $$;
create trigger ticket_text_added after insert on ticket
  referencing new table as added for each statement execute function add_ticket_texts();

create function change_ticket_text () returns trigger language plpgsql as $$
begin
  update ticket_text x set words = ticket_words(new.number, new.subject, new.description)
    where x.tenant_id = new.tenant_id and x.ticket_id = new.id and x.version = 0;
  return null;
end $$;
create trigger ticket_text_changed after update on ticket for each row
  when (old.subject is distinct from new.subject or old.description is distinct from new.description)
  execute function change_ticket_text();

create function add_message_texts () returns trigger language plpgsql as $$
begin
  insert into ticket_text (tenant_id, ticket_id, version, internal, words)
    select tenant_id, ticket_id, version, kind = 'internal', search_words(body) from added;
  return null;
end $$;
create trigger message_text_added after insert on ticket_message
  referencing new table as added for each statement execute function add_message_texts();

-- The triggers hold up who writes until this is done: one pass over the texts, and the index.
insert into ticket_text (tenant_id, ticket_id, version, internal, words)
  select tenant_id, id, 0, false, ticket_words(number, subject, description) from ticket
  union all
  select tenant_id, ticket_id, version, kind = 'internal', search_words(body) from ticket_message;
create index ticket_text_words on ticket_text using gin (words);
drop index ticket_words;

-- As tickets_with_words (0007), of texts: a ticket comes once for each of its texts that have the words.
create function tickets_with_texts (words text, internals boolean, most integer) returns setof uuid
  language plpgsql stable strict security definer set plan_cache_mode = force_custom_plan as $$
declare
  own constant text := nullif(current_setting('app.tenant', true), '');
  wanted constant tsquery := websearch_to_tsquery('simple', search_letters(words));
begin
  return query select x.ticket_id from ticket_text x
    where x.tenant_id = own and x.words @@ wanted and (internals or not x.internal) limit most;
end $$;

-- For programs of the release before, which look at the subject themselves.
create or replace function tickets_with_words (words text, most integer) returns setof uuid
  language plpgsql stable strict security definer set plan_cache_mode = force_custom_plan as $$
declare
  own constant text := nullif(current_setting('app.tenant', true), '');
begin
  return query select x.ticket_id from ticket_text x
    where x.tenant_id = own and x.version = 0 and x.words @@ websearch_to_tsquery('simple', words) limit most;
end $$;

do $$ begin
  execute format('alter function tickets_with_texts set search_path = pg_catalog, %I, pg_temp', current_schema());
  execute format('alter function tickets_with_words set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;

revoke execute on function tickets_with_texts from public;
