-- breaking: no

-- Whether somebody is there is asked by the person.
create index directory_copy_absence on directory_copy (tenant_id, (snapshot ->> 'personId')) where kind = 'absence';
