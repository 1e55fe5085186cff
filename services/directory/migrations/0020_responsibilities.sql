-- breaking: no

-- Who is responsible for what: a person or a team, for a product or a module.
create table responsibility (
  tenant_id text not null,
  id uuid not null,
  product_id uuid,
  module_id uuid,
  person_id uuid,
  team_id uuid,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  check (num_nonnulls(product_id, module_id) = 1 and num_nonnulls(person_id, team_id) = 1)
);
create unique index responsibility_once on responsibility
  (tenant_id, coalesce(module_id, product_id), coalesce(person_id, team_id));
create index responsibility_by_product on responsibility (tenant_id, product_id, id);
create index responsibility_by_module on responsibility (tenant_id, module_id, id);
create index responsibility_by_person on responsibility (tenant_id, person_id, id);
create index responsibility_by_team on responsibility (tenant_id, team_id, id);
