-- breaking: no

-- What a person is responsible for, for its profile.
create index responsibility_person on responsibility (tenant_id, person_id) where person_id is not null and not deleted;
