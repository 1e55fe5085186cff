-- breaking: no

-- A queue, not a log: the relay takes whatever is there, in order of seq, and deletes it. seq must be taken while
-- the aggregate's row is locked: then it has the order of commits per aggregate.
create table outbox (
  seq bigint generated always as identity primary key,
  tenant_id text not null,
  id uuid not null,
  type text not null,
  partition_key text not null,
  headers text not null,
  payload text not null,
  recorded_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

create table relay_lease (
  name text primary key,
  owner uuid,
  epoch bigint not null default 0,
  expires_at timestamptz not null default '-infinity'
) with (fillfactor = 50);
insert into relay_lease (name) values ('outbox');

-- One row per event that took effect, written in the transaction of the effect.
create table inbox (
  consumer text not null,
  message_id uuid not null,
  tenant_id text not null,
  received_at timestamptz not null default now(),
  primary key (consumer, message_id)
);
create index inbox_received_at on inbox using brin (received_at) with (pages_per_range = 32);

-- Records that could not be handled. tenant_id is '' where the record does not tell it.
create table dead_letter (
  tenant_id text not null,
  id uuid not null,
  consumer text not null,
  topic text not null,
  part smallint not null,
  off bigint not null,
  reason text not null,
  detail text not null,
  event_id text,
  event_type text,
  key text not null,
  headers text not null,
  value bytea not null,
  value_bytes integer not null,
  failed_at timestamptz not null default now(),
  resent_at timestamptz,
  resent_count integer not null default 0,
  primary key (tenant_id, id)
);
create unique index dead_letter_record on dead_letter (consumer, topic, part, off);
create index dead_letter_open on dead_letter (tenant_id, failed_at desc, id desc);
