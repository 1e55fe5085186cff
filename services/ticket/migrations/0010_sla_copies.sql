-- breaking: no

-- Copies of clocks and escalations as their events tell them: the newest state of each, by its sequence.
create table ticket_clock (
  tenant_id text not null,
  ticket_id uuid not null,
  id uuid not null,
  kind text not null,
  metric text not null,
  cycle integer not null,
  state text not null,
  paused_for text[] not null,
  -- durations in microseconds; what was consumed was so at as_of
  target bigint not null,
  consumed bigint not null,
  due_at timestamptz,
  started_at timestamptz not null,
  stopped_at timestamptz,
  warned_at timestamptz,
  breached_at timestamptz,
  sequence integer not null,
  as_of timestamptz not null,
  primary key (tenant_id, ticket_id, id)
) with (fillfactor = 80);

create table ticket_escalation (
  tenant_id text not null,
  ticket_id uuid not null,
  id uuid not null,
  clock_id uuid not null,
  state text not null,
  level integer not null,
  level_count integer not null,
  version integer not null,
  primary key (tenant_id, ticket_id, id)
);

-- What a ticket's clocks of kind sla come to, one row per ticket: the one that is due next, or else the one that stopped last.
create table ticket_sla (
  tenant_id text not null,
  ticket_id uuid not null,
  clock_id uuid not null,
  metric text not null,
  state text not null,
  -- null: nothing is due, as all is paused or over
  due_at timestamptz,
  breached boolean not null,
  sequence integer not null,
  as_of timestamptz not null,
  written_in bigint,
  primary key (tenant_id, ticket_id)
) with (fillfactor = 80);
create trigger ticket_sla_written_in before insert or update on ticket_sla
  for each row execute function note_transaction();
create index ticket_sla_written on ticket_sla (tenant_id, written_in) where written_in is not null;
create index ticket_sla_due on ticket_sla (tenant_id, due_at, ticket_id) where due_at is not null;
create index ticket_sla_breached on ticket_sla (tenant_id, ticket_id) where breached;
