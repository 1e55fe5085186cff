-- breaking: no

-- Copies of what other services own, kept from their events; the newest version wins.
create table person (
  tenant_id text not null,
  id uuid not null,
  role text not null,
  screen_name text not null,
  active boolean not null,
  version integer not null,
  primary key (tenant_id, id)
);
create table catalogue_item (
  tenant_id text not null,
  id uuid not null,
  kind text not null,
  active boolean not null,
  version integer not null,
  primary key (tenant_id, id)
);
create table calendar (
  tenant_id text not null,
  id uuid not null,
  version integer not null,
  primary key (tenant_id, id)
);

create table team (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  lead_id uuid,
  member_ids uuid[] not null,
  calendar_id uuid,
  product_ids uuid[] not null,
  module_ids uuid[] not null,
  active boolean not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index team_name on team (tenant_id, lower(name));
