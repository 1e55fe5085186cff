-- breaking: no

-- Copies of teams, newest version each; a team that was deleted stays as its last version, which is not active.
create table team (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  lead_id uuid,
  member_ids text[] not null,
  calendar_id uuid,
  product_ids text[] not null,
  module_ids text[] not null,
  active boolean not null,
  version integer not null,
  primary key (tenant_id, id)
);
