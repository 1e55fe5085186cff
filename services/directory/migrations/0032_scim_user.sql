-- breaking: no

-- What a directory has written of people: all of it, so that it reads what it wrote.
create table scim_user (
  tenant_id text not null,
  person_id uuid not null,
  user_name text not null,
  external_id text,
  attributes jsonb not null,
  -- deleted by the directory: the person stays, not active, and is no user any more
  deleted boolean not null,
  version integer not null,
  primary key (tenant_id, person_id)
);
create unique index scim_user_name on scim_user (tenant_id, lower(user_name)) where not deleted;
create unique index scim_user_external_id on scim_user (tenant_id, external_id)
  where external_id is not null and not deleted;
-- By what directories look for people.
create index person_email on person (tenant_id, lower(email)) where email is not null;
create index person_screen_name on person (tenant_id, lower(screen_name));
