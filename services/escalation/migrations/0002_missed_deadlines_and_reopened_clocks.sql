-- breaking: no

-- Levels count from the deadline that was missed, wherever it moves afterwards; null in rows of a former release: from breached_at.
alter table escalation_case add column announced_sequence integer not null default 0;
alter table escalation_case add column announced_from timestamptz;
alter table escalation_case add column last_deadline timestamptz;
-- transitions may have a fourth member: true when the clock was met, cancelled or waived by it.
-- What a clock that goes on after its escalation was acknowledged or exhausted begins anew from.
alter table escalation_case add column climbs_from timestamptz;
alter table escalation_case add column handled_sequence integer;

-- Who took it on, the last one of several.
alter table escalation add column acknowledged_by jsonb;
alter table escalation add column acknowledged_at timestamptz;
