-- breaking: no

-- How the directory left the person: what differs from it, others have changed since. Null: not known.
alter table scim_user add column left_as jsonb;
