-- breaking: no

-- Copies of what the directory owns, each as its newest event has it; one table for all kinds of things, so that a
-- service can keep another kind without a migration.
create table directory_copy (
  tenant_id text not null,
  kind text not null,
  id text not null,
  version integer not null,
  deleted boolean not null,
  snapshot jsonb not null,
  primary key (tenant_id, kind, id)
);

-- Tickets name a team by its id or its name.
create index directory_copy_team_name on directory_copy (tenant_id, lower(snapshot ->> 'name')) where kind = 'team';
create index directory_copy_team_products on directory_copy using gin ((snapshot -> 'productIds')) where kind = 'team';
create index directory_copy_team_modules on directory_copy using gin ((snapshot -> 'moduleIds')) where kind = 'team';
-- A responsibility is for a product or for a module.
create index directory_copy_responsible on directory_copy
  (tenant_id, coalesce(snapshot ->> 'productId', snapshot ->> 'moduleId')) where kind = 'responsibility';
