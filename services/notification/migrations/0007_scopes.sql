-- breaking: no

-- Whose each ticket is and who works on it: its newest version wins.
create table ticket_scope (
  tenant_id   text not null,
  ticket_id   uuid not null,
  customer_id uuid not null,
  assignee_id uuid,
  team_id     text,
  version     integer not null,
  primary key (tenant_id, ticket_id)
);

-- Who may read an event, decided once, when it is appended. ticket_id: the ticket that it is about. customer_id: the
-- customer who may know of it. person_id: to whom it is addressed. assignees, teams: who had the ticket before the event
-- and who has it after, '' for nobody. What was appended before has none of it: only readers of the whole tenant see it.
alter table feed_event add column ticket_id uuid;
alter table feed_event add column customer_id uuid;
alter table feed_event add column person_id uuid;
alter table feed_event add column assignees text[] not null default '{}';
alter table feed_event add column teams text[] not null default '{}';
create index feed_event_ticket on feed_event (tenant_id, ticket_id, position) where ticket_id is not null;
create index feed_event_customer on feed_event (tenant_id, customer_id, position) where customer_id is not null;
