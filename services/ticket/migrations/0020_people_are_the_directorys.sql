-- breaking: yes

-- People, their identities and API keys are the directory's. What stays is a copy; the newest version wins, and 0 is
-- whom an import names before the directory has said anything.
drop table person_identity;
drop table api_key;
drop trigger person_written_in on person;
alter table person drop column written_in, drop column created_at, drop column updated_at;
drop index person_name;
drop index person_manager;
-- copies arrive in any order: for a moment two people may have one external id
drop index person_external_id;
create index person_external_id on person (tenant_id, external_id) where external_id is not null;

-- Whom imports have named and nobody had entered: what later lines say of them still counts.
create table named_person (
  tenant_id text not null,
  id uuid not null,
  external_id text not null,
  name text,
  role text not null,
  primary key (tenant_id, id)
);
