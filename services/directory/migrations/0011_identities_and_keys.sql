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

-- Keys of programs. A key is shown once; of its secret only a keyed hash is here.
create table api_key (
  tenant_id text not null,
  id uuid not null,
  -- the part of the key that is shown: it finds the row before anybody knows the tenant
  public_id text not null,
  name text not null,
  secret_hash text not null,
  -- of the secret before the last rotation, which holds until then
  previous_hash text,
  previous_until timestamptz,
  roles text[] not null,
  scopes text[] not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  -- to the hour
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
-- not unique, which could tell one tenant of another: 16 random letters are those of one key
create index api_key_public_id on api_key (public_id);
