-- breaking: yes
-- The newest version that `history` counts in.
alter table ticket rename column heard_version to history_version;
