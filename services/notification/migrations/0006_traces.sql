-- breaking: no
-- A message keeps the trace of its event: its mail and what becomes of it belong there.
alter table message add column traceparent text;
