-- breaking: no

-- Companies. Their contacts are people whose role is customer.
create table customer (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  parent_id uuid,
  contact_ids uuid[] not null,
  contract_tier text,
  product_ids uuid[] not null,
  language text not null,
  calendar_id uuid,
  active boolean not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index customer_name on customer (tenant_id, lower(name));
create index customer_by_parent on customer (tenant_id, parent_id, id);
