-- breaking: no
-- Who made each webhook endpoint; nobody wrote it down for those that stand.
alter table webhook_endpoint add column created_by text;
