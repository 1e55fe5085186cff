-- breaking: no

-- Catalogue. A module's product and a question's module never change, so that copies of the links never go stale.
create table product (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  active boolean not null default true,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index product_name_unique on product (tenant_id, lower(name));

create table module (
  tenant_id text not null,
  id uuid not null,
  product_id uuid not null,
  name text not null,
  active boolean not null default true,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  constraint module_product_fkey foreign key (tenant_id, product_id) references product (tenant_id, id),
  constraint module_of_product unique (tenant_id, product_id, id)
);
create unique index module_name_unique on module (tenant_id, product_id, lower(name));

create table question (
  tenant_id text not null,
  id uuid not null,
  product_id uuid not null,
  module_id uuid not null,
  name text not null,
  active boolean not null default true,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  constraint question_module_fkey foreign key (tenant_id, product_id, module_id) references module (tenant_id, product_id, id)
);
create unique index question_name_unique on question (tenant_id, module_id, lower(name));
create index question_product on question (tenant_id, product_id);

-- Calendars: a name and its newest version; each version is written once and never changed.
create table calendar (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index calendar_name_unique on calendar (tenant_id, lower(name));

create table calendar_version (
  tenant_id text not null,
  calendar_id uuid not null,
  version integer not null,
  spec jsonb not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (tenant_id, calendar_id, version),
  constraint calendar_version_calendar_fkey foreign key (tenant_id, calendar_id) references calendar (tenant_id, id)
);

-- The SLA table as it is being edited. What tickets are promised comes from published versions only.
create table sla_row (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  kind text not null,
  product_id uuid,
  module_id uuid,
  question_id uuid,
  priority text,
  severity text,
  customer_id uuid,
  condition jsonb,
  targets jsonb not null,
  calendar_id uuid,
  reminders jsonb not null,
  pause_rules jsonb not null,
  ladder_id uuid,
  reopen text not null,
  effect text not null,
  rank integer not null,
  active boolean not null,
  valid_from timestamptz,
  valid_to timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  constraint sla_row_product_fkey foreign key (tenant_id, product_id) references product (tenant_id, id),
  constraint sla_row_module_fkey foreign key (tenant_id, module_id) references module (tenant_id, id),
  constraint sla_row_question_fkey foreign key (tenant_id, question_id) references question (tenant_id, id),
  constraint sla_row_calendar_fkey foreign key (tenant_id, calendar_id) references calendar (tenant_id, id)
);
create index sla_row_keys on sla_row (tenant_id, kind, priority, severity) where active;

create table policy_settings (
  tenant_id text not null primary key,
  forbid_overlap boolean not null,
  defaults jsonb not null,
  version integer not null,
  updated_at timestamptz not null
);

-- A published version: its rows and defaults by copy, never changed.
create table policy_version (
  tenant_id text not null,
  version integer not null,
  effect text not null,
  note text,
  rows jsonb not null,
  defaults jsonb not null,
  row_count integer not null,
  published_at timestamptz not null,
  published_by text not null,
  primary key (tenant_id, version)
);

-- Re-resolving a tenant's open tickets after a publish: where the work stands. Advances with what it did, in one transaction.
create table reresolution (
  tenant_id text not null,
  policy_version integer not null,
  effect text not null,
  published_at timestamptz not null,
  after_ticket_id uuid,
  checked integer not null default 0,
  moved integer not null default 0,
  finished_at timestamptz,
  primary key (tenant_id, policy_version),
  constraint reresolution_policy_version_fkey foreign key (tenant_id, policy_version) references policy_version (tenant_id, version)
);
create index reresolution_unfinished on reresolution (tenant_id, policy_version) where finished_at is null;

-- Copies of what the ticket service says, newest version per row.
create table ticket (
  tenant_id text not null,
  id uuid not null,
  version integer not null,
  number text not null,
  subject text not null,
  type text not null,
  status text not null,
  priority text not null,
  severity text not null,
  product_id uuid,
  module_id uuid,
  question_id uuid,
  customer_id uuid not null,
  assignee_id uuid,
  channel text not null,
  importing boolean not null,
  created_at timestamptz not null,
  policy_version integer not null,
  primary key (tenant_id, id)
);
create index ticket_open on ticket (tenant_id, id)
  where status in ('new', 'open', 'waiting_on_customer', 'waiting_on_vendor');

create table person (
  tenant_id text not null,
  id uuid not null,
  role text not null,
  active boolean not null,
  version integer not null,
  primary key (tenant_id, id)
);

-- Every promise ever made. At most one per (ticket, kind) has no end.
create table agreement (
  tenant_id text not null,
  id uuid not null,
  ticket_id uuid not null,
  kind text not null,
  version integer not null,
  ticket_version integer not null,
  origin text not null,
  row_id uuid,
  row_name text not null,
  policy_version integer not null,
  calendar_id uuid,
  calendar_version integer not null,
  terms jsonb not null,
  made_at timestamptz not null,
  ended_at timestamptz,
  ended_by text,
  primary key (tenant_id, id),
  constraint agreement_version_unique unique (tenant_id, ticket_id, kind, version)
);
create unique index agreement_current on agreement (tenant_id, ticket_id, kind) where ended_at is null;
