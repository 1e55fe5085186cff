-- breaking: no
create table ticket_import (
  tenant_id text not null,
  id uuid not null,
  state text not null,
  lines integer not null,
  accepted integer not null,
  rejected integer not null,
  imported integer not null,
  duplicates integer not null,
  created_by text not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id)
);
create index ticket_import_running on ticket_import (created_at) where state = 'running';

create table ticket_import_line (
  tenant_id text not null,
  import_id uuid not null,
  line integer not null,
  state text not null,
  external_id text,
  -- the line as it came, until it is imported
  content json,
  faults jsonb,
  ticket_id uuid,
  ticket_version integer,
  primary key (tenant_id, import_id, line)
);
create index ticket_import_line_pending on ticket_import_line (tenant_id, import_id, line) where state = 'pending';
