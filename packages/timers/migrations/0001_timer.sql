-- breaking: no
-- One timer per kind and owner. due_at is the promised instant; fire_at is when to try next: the same, until firing fails.
create table timer (
  kind text not null,
  tenant_id text not null,
  owner_id uuid not null,
  due_at timestamptz not null,
  fire_at timestamptz not null,
  failures integer not null default 0,
  primary key (kind, tenant_id, owner_id)
) with (
  -- rows come and go all day at the head of the index: vacuum them soon, and without pausing
  autovacuum_vacuum_scale_factor = 0.005,
  autovacuum_vacuum_cost_delay = 0
);

-- the tenant lets a backlog of one tenant be stepped over inside the index
create index timer_fire_at on timer (fire_at, tenant_id);
