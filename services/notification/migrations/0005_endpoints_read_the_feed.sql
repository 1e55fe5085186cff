-- breaking: yes

-- The feed position up to which what an endpoint wants has been put in line for it: whoever works through its line reads on from there.
-- What was put in line before goes in once: (tenant_id, endpoint_id, event_id) is unique.
alter table webhook_endpoint add column lined_up_to bigint;
update webhook_endpoint e set lined_up_to = coalesce((select next_position - 1 from feed_head h where h.tenant_id = e.tenant_id), 0);
alter table webhook_endpoint alter column lined_up_to set not null;
