-- breaking: no

-- Who is below whom, for overviews.
create index person_below on person (tenant_id, manager_id) where manager_id is not null;
