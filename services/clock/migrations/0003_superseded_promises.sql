-- breaking: no

-- The policy version of a promise, which orders those of one ticket version; null for a withdrawal told by an older release.
alter table promise add column policy_version integer;
update promise set policy_version = (terms ->> 'policyVersion')::integer where terms is not null;
-- versions of the same ticket and kind that no longer count
alter table promise add column supersedes jsonb not null default '[]';
