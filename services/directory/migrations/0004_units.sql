-- breaking: no

-- A tree per tenant: sites, departments and whatever else there is.
create table unit (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  kind text,
  parent_id uuid,
  head_id uuid,
  active boolean not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
-- Those at the top are siblings too.
create unique index unit_name on unit
  (tenant_id, coalesce(parent_id, '00000000-0000-0000-0000-000000000000'::uuid), lower(name));
create index unit_by_parent on unit (tenant_id, parent_id, id);

alter table position add column unit_id uuid;
create index position_by_unit on position (tenant_id, unit_id, person_id);
