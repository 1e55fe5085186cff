-- breaking: no

-- The newest of each ladder. `definition` holds filters, maxLevels and levels.
create table ladder (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  is_default boolean not null,
  active boolean not null,
  definition jsonb not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index ladder_one_default on ladder (tenant_id) where is_default;

-- Every version ever written: an escalation keeps the one it opened with, also when the ladder is edited or deleted.
create table ladder_version (
  tenant_id text not null,
  ladder_id uuid not null,
  version integer not null,
  name text not null,
  levels jsonb not null,
  primary key (tenant_id, ladder_id, version)
);

-- Copies of what other services own, kept from their events; the newest version wins.
create table person (
  tenant_id text not null,
  id uuid not null,
  role text not null,
  screen_name text not null,
  manager_id uuid,
  active boolean not null,
  version integer not null,
  primary key (tenant_id, id)
);
create index person_by_role on person (tenant_id, role) where active and role <> 'customer';

-- version 0: known only from a clock's event so far, `as_of` says from when.
create table ticket (
  tenant_id text not null,
  id uuid not null,
  version integer not null,
  as_of timestamptz not null,
  summary jsonb not null,
  primary key (tenant_id, id)
);

-- One row per clock, its newest state and its plan; the owner of the timers of kind 'escalation'. Its row lock is the lock
-- of everything below it. transitions: [sequence, microseconds since 1970, whether it runs from then on]. ladder_version null: no ladder watches it; 0: the preset.
create table escalation_case (
  tenant_id text not null,
  id uuid not null,
  ticket_id uuid not null,
  metric text not null,
  sequence integer not null,
  cycle integer not null,
  clock_state text not null,
  due_at timestamptz,
  breached_at timestamptz,
  announced_cycle integer not null,
  transitions jsonb not null,
  ladder_id uuid,
  ladder_version integer,
  cursor integer not null,
  last_level_at timestamptz,
  escalation_id uuid,
  wake_at timestamptz,
  primary key (tenant_id, id)
) with (fillfactor = 80);

create table escalation (
  tenant_id text not null,
  id uuid not null,
  clock_id uuid not null,
  ticket_id uuid not null,
  metric text not null,
  cycle integer not null,
  ladder_id uuid,
  ladder_version integer not null,
  ladder_name text not null,
  level integer not null,
  level_count integer not null,
  state text not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  version integer not null,
  primary key (tenant_id, id)
);
create unique index escalation_one_open on escalation (tenant_id, clock_id, cycle) where state = 'open';
create index escalation_by_ticket on escalation (tenant_id, ticket_id);
create index escalation_by_state on escalation (tenant_id, state, id);

-- What happened to an escalation, one row per version of it.
create table escalation_entry (
  tenant_id text not null,
  escalation_id uuid not null,
  version integer not null,
  kind text not null,
  at timestamptz not null,
  actor jsonb not null,
  reason text,
  level integer,
  level_name text,
  last boolean,
  superseded boolean,
  due_at timestamptz,
  targets jsonb,
  actions jsonb,
  primary key (tenant_id, escalation_id, version)
);
-- exactly once per level, whatever else fails
create unique index escalation_entry_level_once on escalation_entry (tenant_id, escalation_id, level) where kind = 'level_reached';
