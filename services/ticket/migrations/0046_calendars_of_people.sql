-- breaking: no

-- Copies of calendars, by which people work: the newest version of each.
create table calendar (
  tenant_id text not null,
  id uuid not null,
  spec jsonb not null,
  version integer not null,
  primary key (tenant_id, id)
);

-- Who works by a calendar: at its end tickets may go back.
create index person_calendar on person (tenant_id, calendar_id) where calendar_id is not null;

-- keep: tickets stay with whose working hours are over; return: they go back to the queue; null: as `when_absent` says
alter table assignment_settings add column when_shift_ends text;
