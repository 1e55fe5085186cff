-- breaking: no

-- By which calendar people work who have none of their own.
create index directory_copy_team_calendar on directory_copy (tenant_id, id)
  where kind = 'team' and snapshot ->> 'calendarId' is not null;
