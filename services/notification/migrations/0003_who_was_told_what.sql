-- breaking: no

alter table person add column time_zone text;
-- Who hears what concerns a ticket that nobody has.
create index person_leads on person (tenant_id) where active and role in ('manager', 'ceo', 'admin');

-- What a message is about. breach_of: the clocks whose breach it tells of, for telling the same people when that is withdrawn.
alter table message add column clock_id uuid;
alter table message add column escalation_id uuid;
alter table message add column mark text;
alter table message add column urgent boolean not null default false;
alter table message add column breach_of uuid[] not null default '{}';

-- What of a ticket waits for somebody: warned and breached clocks that run, and a customer without an answer.
create table ticket_open (
  tenant_id text not null,
  ticket_id uuid not null,
  open      jsonb not null,
  primary key (tenant_id, ticket_id)
);

-- The zone of each calendar's newest version: its deadlines are shown in it to readers without a zone of their own.
create table calendar_zone (
  tenant_id text not null,
  id        uuid not null,
  version   integer not null,
  time_zone text not null,
  primary key (tenant_id, id)
);
