-- breaking: no

-- What was set by hand of a person of the staff; who has no row: nothing.
create table working_profile (
  tenant_id text not null,
  person_id uuid not null,
  state text,
  until timestamptz,
  capacity_points integer,
  version integer not null,
  updated_at timestamptz not null,
  primary key (tenant_id, person_id),
  check (state is not null or until is null)
);

-- Planned absences; to_at is no part of one. Those of one person never overlap.
create table absence (
  tenant_id text not null,
  id uuid not null,
  person_id uuid not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  reason text,
  substitute_id uuid,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  check (from_at < to_at)
);
create index absence_by_person on absence (tenant_id, person_id, to_at);

-- The calendar as its owner published it; null: published before it was kept here.
alter table calendar add column spec jsonb;

-- What tickets weigh, and what people can carry; a tenant that has no row has the built-in rules.
create table capacity_rules (
  tenant_id text not null primary key,
  points jsonb not null,
  default_capacity_points integer not null,
  version integer not null,
  updated_at timestamptz not null
);
