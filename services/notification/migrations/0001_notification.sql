-- breaking: no

-- What is known here of people: newest version wins.
create table person (
  tenant_id   text not null,
  id          uuid not null,
  role        text not null,
  name        text not null,
  screen_name text not null,
  email       text,
  language    text not null,
  manager_id  uuid,
  active      boolean not null,
  version     integer not null,
  primary key (tenant_id, id)
);

-- The tenant's events in one dense order. The head row is locked from taking a position to the commit, so positions
-- become visible in their order and a cursor never skips one.
create table feed_head (
  tenant_id     text primary key,
  next_position bigint not null default 1
);
create table feed_event (
  tenant_id   text not null,
  position    bigint not null,
  id          uuid not null,
  type        text not null,
  event       jsonb not null,
  recorded_at timestamptz not null default now(),
  primary key (tenant_id, position),
  unique (tenant_id, id)
);
create index feed_event_recorded_at on feed_event (recorded_at);

-- One message per event, person and channel, ever: this key is what makes "nothing sent twice" true.
create table message (
  tenant_id    text not null,
  id           uuid not null,
  event_id     uuid not null,
  event_type   text not null,
  ticket_id    uuid,
  person_id    uuid not null,
  channel      text not null check (channel in ('email', 'inbox')),
  recipient    text,
  language     text not null,
  subject      text not null,
  body         text not null,
  state        text not null check (state in ('pending', 'sent', 'failed')),
  attempts     integer not null default 0,
  last_error   text,
  created_at   timestamptz not null,
  sent_at      timestamptz,
  read_at      timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, event_id, person_id, channel)
);
create index message_inbox on message (tenant_id, person_id, id) where channel = 'inbox';
create index message_unread on message (tenant_id, person_id) where channel = 'inbox' and read_at is null;
create index message_ticket on message (tenant_id, ticket_id, id);

create table webhook_endpoint (
  tenant_id         text not null,
  id                uuid not null,
  url               text not null,
  description       text not null,
  types             text[] not null,
  secret            text not null,
  previous_secret   text,
  previous_until    timestamptz,
  state             text not null check (state in ('enabled', 'disabled')),
  disabled_reason   text,
  failing_since     timestamptz,
  created_at        timestamptz not null,
  version           integer not null,
  primary key (tenant_id, id)
);
create table webhook_delivery (
  tenant_id       text not null,
  id              uuid not null,
  endpoint_id     uuid not null,
  event_id        uuid not null,
  event_type      text not null,
  event           jsonb not null,
  state           text not null check (state in ('pending', 'delivered', 'exhausted')),
  attempts        integer not null default 0,
  last_status     integer,
  last_error      text,
  last_attempt_at timestamptz,
  next_attempt_at timestamptz,
  created_at      timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, endpoint_id, event_id),
  foreign key (tenant_id, endpoint_id) references webhook_endpoint (tenant_id, id) on delete cascade
);
create index webhook_delivery_list on webhook_delivery (tenant_id, endpoint_id, id);
create index webhook_delivery_created_at on webhook_delivery (created_at);
