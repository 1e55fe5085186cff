-- breaking: no

-- What a directory calls the teams that it keeps.
create table scim_group (
  tenant_id text not null,
  team_id uuid not null,
  external_id text not null,
  primary key (tenant_id, team_id),
  foreign key (tenant_id, team_id) references team (tenant_id, id) on delete cascade
);
create unique index scim_group_external_id on scim_group (tenant_id, external_id);
