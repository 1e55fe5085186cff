-- breaking: no
-- What a tenant says of a field of its tickets' `custom`; fields of which nothing is said are whoever's set them.
create table custom_field (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  -- names for people, by language
  labels jsonb not null,
  -- what a value may be, in a part of JSON Schema
  value_schema jsonb not null,
  customers text not null,
  editors text[] not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
