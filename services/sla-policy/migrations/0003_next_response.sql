-- breaking: no

-- Whether a customer's message starts a next response while the first is owed: after_first, always.
alter table sla_row add column next_response text not null default 'after_first';
