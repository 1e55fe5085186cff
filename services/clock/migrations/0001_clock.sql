-- breaking: no

-- A ticket as its clocks see it. Its row is the one lock of the ticket's clocks, and the owner of their timer.
create table ticket_case (
  tenant_id text not null,
  id uuid not null,
  -- newest version heard of; 0 while only a promise has arrived
  version integer not null default 0,
  -- what of the ticket decides its promise, and since which version it is so
  promise_key text,
  promise_version integer not null default 0,
  -- newest ticket version that a counted promise was chosen for
  promised_version integer not null default 0,
  -- a promise waits for its calendar
  awaiting boolean not null default false,
  importing boolean not null default false,
  customer_id uuid,
  assignee_id uuid,
  priority text,
  summary jsonb,
  primary key (tenant_id, id)
) with (fillfactor = 80);

create table fact (
  tenant_id text not null,
  ticket_id uuid not null,
  id uuid not null,
  at timestamptz not null,
  sequence integer not null,
  kind text not null,
  data jsonb not null,
  primary key (tenant_id, ticket_id, id)
);

create table promise (
  tenant_id text not null,
  ticket_id uuid not null,
  kind text not null,
  version integer not null,
  ticket_version integer not null,
  made_at timestamptz not null,
  effect text not null,
  -- the agreement; null: the promise was withdrawn
  terms jsonb,
  primary key (tenant_id, ticket_id, kind, version)
);

create table calendar (
  tenant_id text not null,
  id uuid not null,
  version integer not null,
  name text not null,
  spec jsonb not null,
  primary key (tenant_id, id, version)
);

create table awaited_calendar (
  tenant_id text not null,
  calendar_id uuid not null,
  version integer not null,
  ticket_id uuid not null,
  primary key (tenant_id, calendar_id, version, ticket_id)
);

-- The state of a clock at its last change. Durations in microseconds.
create table clock (
  tenant_id text not null,
  id uuid not null,
  ticket_id uuid not null,
  kind text not null,
  metric text not null,
  cycle integer not null,
  state text not null,
  paused_for jsonb not null,
  target bigint not null,
  extended bigint not null,
  consumed_before bigint not null,
  running_since timestamptz,
  due_at timestamptz,
  started_at timestamptz not null,
  stopped_at timestamptz,
  pause_ends_at timestamptz,
  warned_at timestamptz,
  breached_at timestamptz,
  agreement_id uuid not null,
  policy_version integer not null,
  calendar_id uuid,
  calendar_version integer not null,
  ladder_id uuid,
  -- marks to come: [{key, event, urgent, at, said}], at in microseconds
  planned jsonb not null,
  withdrawals integer not null,
  -- the recomputed history has no such clock; kept, so that nothing is said twice
  voided boolean not null,
  sequence integer not null,
  primary key (tenant_id, id),
  constraint clock_cycle unique (tenant_id, ticket_id, kind, metric, cycle)
) with (fillfactor = 70);
create index clock_due_at on clock (tenant_id, due_at, id) where not voided;
create index clock_started_at on clock (tenant_id, started_at, id) where not voided;

-- A mark that was said. Its key is what makes a second breach of a cycle impossible, whatever the code does.
create table clock_mark (
  tenant_id text not null,
  clock_id uuid not null,
  key text not null,
  -- withdrawals before it; 0 for all but breaches
  round integer not null,
  at timestamptz not null,
  fired_at timestamptz not null,
  constraint clock_mark_once primary key (tenant_id, clock_id, key, round)
);
