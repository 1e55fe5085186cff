-- breaking: no

-- Copies of what the directory says of who can be given tickets, newest version each.
create table responsibility (
  tenant_id text not null,
  id uuid not null,
  product_id uuid,
  module_id uuid,
  person_id uuid,
  team_id uuid,
  deleted boolean not null,
  version integer not null,
  primary key (tenant_id, id)
);
create index responsibility_product on responsibility (tenant_id, product_id) where not deleted;
create index responsibility_module on responsibility (tenant_id, module_id) where not deleted;

create table availability (
  tenant_id text not null,
  person_id uuid not null,
  state text,
  until timestamptz,
  capacity_points integer,
  version integer not null,
  primary key (tenant_id, person_id)
);

create table absence (
  tenant_id text not null,
  id uuid not null,
  person_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  substitute_id uuid,
  deleted boolean not null,
  version integer not null,
  primary key (tenant_id, id)
);
create index absence_person on absence (tenant_id, person_id, ends_at) where not deleted;

create table capacity_rules (
  tenant_id text primary key,
  points jsonb not null,
  default_capacity_points integer not null,
  version integer not null
);

-- Who gets which tickets: the tenant's rules, by rank.
create table assignment_rule (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  rank integer not null,
  active boolean not null,
  -- which tickets it is for; null: all
  condition jsonb,
  pool jsonb not null,
  same_language boolean not null,
  choice text not null,
  weights jsonb not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);

-- One row per tenant: whoever decides locks it, so that two never give one place twice.
create table assignment_turn (
  tenant_id text primary key
);

-- What each rule has given to whom: choices in turn go on from here after a restart.
create table assignment_share (
  tenant_id text not null,
  rule_id uuid not null,
  person_id uuid not null,
  given bigint not null,
  last_at timestamptz not null,
  primary key (tenant_id, rule_id, person_id)
) with (fillfactor = 80);
create index assignment_share_person on assignment_share (tenant_id, person_id);

-- The last decision about each ticket: what it was made from, which gives the decision again.
create table assignment_decision (
  tenant_id text not null,
  ticket_id uuid not null,
  ticket_version integer not null,
  decided_at timestamptz not null,
  rule_id uuid not null,
  assignee_id uuid not null,
  snapshot jsonb not null,
  primary key (tenant_id, ticket_id)
);

-- What waits for somebody, and what each person has: read for every decision.
create index ticket_waiting on ticket (tenant_id, id)
  where assignee_id is null and status in ('new', 'open', 'waiting_on_customer', 'waiting_on_vendor');
create index ticket_load on ticket (tenant_id, assignee_id, priority)
  where assignee_id is not null and status in ('new', 'open', 'waiting_on_customer', 'waiting_on_vendor');

-- Which rule gave the ticket to somebody.
alter table ticket_timeline add column rule_id uuid;
