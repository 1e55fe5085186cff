-- breaking: no

-- The levels of a tenant, from the lowest; one that has no row has the built-in ones.
create table level_set (
  tenant_id text not null primary key,
  levels jsonb not null,
  version integer not null,
  updated_at timestamptz not null
);
