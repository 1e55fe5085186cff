-- breaking: no

-- The version of a template by which the answers were checked, for ever; null: they were not.
alter table ticket add column template_version_id uuid;
