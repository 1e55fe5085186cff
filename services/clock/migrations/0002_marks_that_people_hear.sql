-- breaking: no

-- Why people were not told of a mark; null: they were.
alter table clock_mark add column recorded_only text;
