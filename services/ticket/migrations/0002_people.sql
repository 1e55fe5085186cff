-- breaking: no
create table person (
  tenant_id text not null,
  id uuid not null,
  role text not null,
  name text not null,
  screen_name text not null,
  email text,
  language text not null,
  manager_id uuid,
  active boolean not null,
  external_id text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null,
  primary key (tenant_id, id)
);
create unique index person_external_id on person (tenant_id, external_id) where external_id is not null;
create index person_name on person (tenant_id, name, id);
create index person_manager on person (tenant_id, manager_id) where manager_id is not null;

-- what the catalogue service has published; its newest version wins
create table catalogue_item (
  tenant_id text not null,
  id uuid not null,
  kind text not null,
  name text not null,
  product_id uuid,
  module_id uuid,
  active boolean not null,
  version integer not null,
  primary key (tenant_id, id)
);
