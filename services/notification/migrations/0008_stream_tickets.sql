-- breaking: no

-- Tickets that open one event stream each, for readers that cannot send a token in a header. The ticket itself is not
-- kept, only its SHA-256. Whoever deletes the row has used it.
create table stream_ticket (
  tenant_id  text not null,
  hash       text not null,
  principal  jsonb not null,
  fields     jsonb not null,
  expires_at timestamptz not null,
  primary key (tenant_id, hash)
);
create index stream_ticket_expires_at on stream_ticket (expires_at);
