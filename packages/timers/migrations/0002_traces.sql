-- breaking: no
-- The trace in which a timer was set to its instant; null: it was set outside of any.
alter table timer add column traceparent text;
