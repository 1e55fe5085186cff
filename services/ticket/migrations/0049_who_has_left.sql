-- breaking: no

-- Who was said to have left, at which version: the open tickets of each are named once, until the person comes back.
create table departure (
  tenant_id text not null,
  person_id uuid not null,
  version integer not null,
  primary key (tenant_id, person_id)
);
insert into departure select tenant_id, id, version from person where not active;
