-- breaking: no
-- The answers of writes that carried an Idempotency-Key, kept 24 hours so that a repeated request is answered, not done again.
create table idempotency_key (
  tenant_id text not null,
  subject text not null,
  key text not null,
  fingerprint bytea not null,
  status smallint not null,
  headers json not null,
  body text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, subject, key)
);

create index idempotency_key_created_at on idempotency_key (created_at);
