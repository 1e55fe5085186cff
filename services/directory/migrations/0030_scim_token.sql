-- breaking: no

-- Tokens of directories that provision people and teams. A token is shown once; of its secret only a keyed hash is here.
create table scim_token (
  tenant_id text not null,
  id uuid not null,
  -- the part of the token that is shown: it finds the row before anybody knows the tenant
  public_id text not null,
  name text not null,
  secret_hash text not null,
  -- of the secret before the last rotation, which holds until then
  previous_hash text,
  previous_until timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  -- to the hour
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
-- not unique, which could tell one tenant of another: 16 random letters are those of one token
create index scim_token_public_id on scim_token (public_id);
