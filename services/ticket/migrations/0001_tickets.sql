-- breaking: no
create table ticket (
  tenant_id text not null,
  id uuid not null,
  number text not null,
  subject text not null,
  description text not null,
  type text not null,
  status text not null,
  priority text not null,
  severity text not null,
  product_id uuid,
  module_id uuid,
  question_id uuid,
  customer_id uuid not null,
  assignee_id uuid,
  team_id text,
  answers jsonb,
  tags text[] not null,
  custom jsonb not null,
  channel text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  resolved_at timestamptz,
  closed_at timestamptz,
  reopen_count integer not null,
  version integer not null,
  external_id text,
  subject_words tsvector generated always as (to_tsvector('simple', subject)) stored,
  primary key (tenant_id, id)
);

-- lists: every filter with the default order, so that a page is read from the index and not sorted
create unique index ticket_number on ticket (tenant_id, number);
create unique index ticket_external_id on ticket (tenant_id, external_id) where external_id is not null;
create index ticket_created on ticket (tenant_id, created_at, id);
create index ticket_updated on ticket (tenant_id, updated_at, id);
create index ticket_priority on ticket (tenant_id, priority, created_at, id);
create index ticket_status on ticket (tenant_id, status, created_at, id);
create index ticket_customer on ticket (tenant_id, customer_id, created_at, id);
create index ticket_assignee on ticket (tenant_id, assignee_id, created_at, id) where assignee_id is not null;
create index ticket_team on ticket (tenant_id, team_id, created_at, id) where team_id is not null;
create index ticket_product on ticket (tenant_id, product_id, created_at, id) where product_id is not null;
create index ticket_words on ticket using gin (subject_words);

-- who numbers are given out to; taken in blocks by short statements of their own, never inside a ticket's transaction
create table ticket_counter (
  tenant_id text primary key,
  last bigint not null
);

-- one row per fact: when, by whom, what, why
create table ticket_timeline (
  tenant_id text not null,
  ticket_id uuid not null,
  version integer not null,
  at timestamptz not null,
  kind text not null,
  actor_kind text not null,
  actor_id text,
  reason text,
  changes jsonb not null,
  message_id uuid,
  internal boolean not null,
  primary key (tenant_id, ticket_id, version)
);

create table ticket_message (
  tenant_id text not null,
  id uuid not null,
  ticket_id uuid not null,
  version integer not null,
  kind text not null,
  author_kind text not null,
  author_id uuid,
  body text not null,
  at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index ticket_message_ticket on ticket_message (tenant_id, ticket_id, version);
