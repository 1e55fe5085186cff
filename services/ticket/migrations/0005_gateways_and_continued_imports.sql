-- breaking: no

-- names of those custom fields that the customer set; of older tickets nobody knows, and none is shown
alter table ticket add column customer_fields text[] not null default '{}';

-- the keys under which other systems know messages, and who brought them for their author
alter table ticket_message add column external_id text;
alter table ticket_message add column posted_by text;
create unique index ticket_message_external_id on ticket_message (tenant_id, ticket_id, external_id) where external_id is not null;

-- what imports have brought of a ticket: what each fact is recognised by, and the last instant of them
create table imported_history (
  tenant_id text not null,
  ticket_id uuid not null,
  keys text[] not null,
  last_at timestamptz not null,
  primary key (tenant_id, ticket_id)
);
alter table ticket_import add column continued integer not null default 0;

-- lists of what nobody works on
create index ticket_unassigned on ticket (tenant_id, created_at, id) where assignee_id is null;
create index person_inactive on person (tenant_id, id) where not active;
