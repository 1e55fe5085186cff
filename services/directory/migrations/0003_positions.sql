-- breaking: no

-- Where people stand, by person; who has no row stands nowhere yet.
create table position (
  tenant_id text not null,
  person_id uuid not null,
  manager_id uuid,
  level text,
  version integer not null,
  updated_at timestamptz not null,
  primary key (tenant_id, person_id)
);
create index position_by_manager on position (tenant_id, manager_id, person_id);
create index position_by_level on position (tenant_id, level, person_id);
