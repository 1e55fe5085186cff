-- breaking: no

-- Whether two active rows of one kind, severity and priority may be valid at the same time, whatever else they name.
alter table policy_settings add column one_row_per_severity_and_priority boolean not null default false;
