-- breaking: no

-- The same words as before (0018). `translate` looks each letter of a text up in its whole list, which took 48 of the
-- 55 µs that the words of a short ticket cost; a pattern takes two, and only texts in Arabic have letters to compare.
create or replace function search_letters (what text) returns text language sql immutable parallel safe as $$
  select case when what ~ U&'[\0622\0623\0625\0629\0640\0649\064B-\0652\0660-\0669\0671\06F0-\06F9]' then
    translate(what,
      U&'\0623\0625\0622\0671\0649\0629' || '٠١٢٣٤٥٦٧٨٩' || '۰۱۲۳۴۵۶۷۸۹' || U&'\064B\064C\064D\064E\064F\0650\0651\0652\0640',
      U&'\0627\0627\0627\0627\064A\0647' || '0123456789' || '0123456789')
    else what end
$$;

create or replace function search_words (what text) returns tsvector language sql immutable parallel safe as $$
  select to_tsvector('simple', search_letters(regexp_replace(what,
    '[!-/:-@[-`{-~' || U&'\00A0\060C\061B\061F\066B\066C\00AB\00BB\201C\201D\2018\2019\2026\2013\2014' || ']', ' ', 'g')))
$$;

-- What Postgres takes apart and plans with the statement that calls it, as `concat_ws` had kept it from.
create or replace function ticket_words (number text, subject text, description text) returns tsvector
  language sql immutable parallel safe as $$
  select search_words(number || ' . ' || coalesce(substring(number from '[1-9][0-9]*$') || ' . ', '')
    || subject || ' . ' || description)
$$;
