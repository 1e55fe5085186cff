-- breaking: no
-- The level at which a person is: levels of an escalation policy may address the next one up.
alter table person add column level text;
