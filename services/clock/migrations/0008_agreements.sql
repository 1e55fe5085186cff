-- breaking: yes
-- What a ticket is owed is called an agreement, as everywhere else.
alter table promise rename to agreement_version;
alter index promise_pkey rename to agreement_version_pkey;
alter table ticket_case rename column promise_key to agreement_key;
alter table ticket_case rename column promise_version to agreement_key_version;
alter table ticket_case rename column promised_version to agreed_version;
