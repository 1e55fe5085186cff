-- breaking: no

-- What a tenant says of assignment beside its rules.
create table assignment_settings (
  tenant_id text primary key,
  -- keep: tickets stay with who is absent; return: they go back to the queue
  when_absent text not null,
  version integer not null,
  updated_at timestamptz not null
);

-- Who is absent now: looked at again and again.
create index absence_end on absence (tenant_id, ends_at) where not deleted;
create index person_left on person (tenant_id) where not active and role <> 'customer';
