-- breaking: no

-- The version of a template by which the answers were checked, for ever; null: they were not.
alter table ticket add column template_version_id uuid;

-- Copies of what the template service owns. Which version answers about a question are checked by: the newest row wins.
create table question_template (
  tenant_id text not null,
  id uuid not null,
  template_version_id uuid,
  version integer not null,
  primary key (tenant_id, id)
);

-- Published versions, which never change; one is fetched with the first answers that need it.
create table template_version (
  tenant_id text not null,
  id uuid not null,
  questionnaire json not null,
  rules jsonb not null,
  primary key (tenant_id, id)
);
