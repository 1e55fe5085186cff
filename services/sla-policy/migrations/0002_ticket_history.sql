-- breaking: no

-- What decides a ticket's promises, version by version: its agreements are computed from this.
-- null (or heard_version behind version, when an older release has written the row): no history is kept yet.
alter table ticket add column history jsonb;
-- the newest version that history counts in
alter table ticket add column heard_version integer not null default 0;
-- policies and calendars are looked up as of this instant at the earliest
alter table ticket add column pinned_at timestamptz;
-- the policy version that history begins under
alter table ticket add column base_policy_version integer;
-- what was agreed for this ticket version under the base policy, and all before it, is final
alter table ticket add column final_version integer not null default 0;

-- An agreement row without terms: from made_at on nothing is promised. It was only the end of the row before it.
alter table agreement alter column origin drop not null;
alter table agreement alter column row_name drop not null;
alter table agreement alter column calendar_version drop not null;
alter table agreement alter column terms drop not null;

insert into agreement (tenant_id, id, ticket_id, kind, version, ticket_version, policy_version, made_at, ended_at, ended_by)
select a.tenant_id, gen_random_uuid(), a.ticket_id, a.kind, a.version + 1, a.ticket_version, a.policy_version, a.ended_at, n.made_at,
  case when n.made_at is not null then 'changed' end
from agreement a left join agreement n
  on n.tenant_id = a.tenant_id and n.ticket_id = a.ticket_id and n.kind = a.kind and n.version = a.version + 2
where a.ended_by = 'withdrawn';
