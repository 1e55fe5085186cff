-- breaking: no

-- What token issuers call a person.
create table person_identity (
  tenant_id text not null,
  id uuid not null,
  issuer text not null,
  subject text not null,
  person_id uuid not null,
  -- who has linked it; null: it was made with the person, from a token
  created_by text,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index person_identity_subject on person_identity (tenant_id, issuer, subject);
create index person_identity_person on person_identity (tenant_id, person_id, id);
