-- breaking: no

-- Files that people send. A row outlives its object: it says who sent what, what became of it, and when the object was
-- seen to be gone. work_at is when the loop has something to do with it; null: nothing.
create table stored_file (
  tenant_id text not null,
  id uuid not null,
  state text not null,
  file_name text not null,
  content_type text not null,
  size_bytes bigint not null,
  sha256 text not null,
  reserved_by text not null,
  reserved_at timestamptz not null default now(),
  expires_at timestamptz not null,
  uploaded_at timestamptz,
  checked_at timestamptz,
  ready_at timestamptz,
  ended_at timestamptz,
  ended_by text,
  refusal text,
  object_gone_at timestamptz,
  work_at timestamptz,
  tries integer not null default 0,
  primary key (tenant_id, id)
);

create index stored_file_work_at on stored_file (work_at) where work_at is not null;
