-- breaking: no

-- What is below a unit, and for what a person is responsible.
create index directory_copy_unit_parent on directory_copy (tenant_id, (snapshot ->> 'parentId')) where kind = 'unit';
create index directory_copy_responsible_person on directory_copy (tenant_id, (snapshot ->> 'personId'))
  where kind = 'responsibility';
