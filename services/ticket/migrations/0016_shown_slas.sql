-- breaking: no

-- What is shown of a ticket's SLA is made where the row is written: whoever lists tickets reads one value by its key.
-- The first event may be that of an escalation, so a row may wait for its clock: then nothing is shown.
alter table ticket_sla
  alter column clock_id drop not null,
  alter column metric drop not null,
  alter column state drop not null,
  alter column breached drop not null,
  alter column sequence drop not null,
  alter column as_of drop not null,
  -- whether there is, or was, an escalation
  add column escalated boolean not null default false,
  -- instants in microseconds
  add column shown json;

-- Clocks and escalations come by two topics, in transactions that do not see each other's rows. Both write this row, so
-- one waits for the other here, and who comes last sees all: each query of a function sees what is committed by then.
create function show_sla () returns trigger language plpgsql as $$
declare
  open_escalation json;
begin
  new.written_in := pg_current_xact_id()::text::bigint;
  if new.clock_id is null then
    return new;
  end if;
  if new.escalated then
    select json_build_object('id', e.id, 'state', e.state, 'level', e.level, 'levelCount', e.level_count)
      into open_escalation
      from ticket_escalation e join ticket_clock c using (tenant_id, ticket_id)
      where e.tenant_id = new.tenant_id and e.ticket_id = new.ticket_id and c.id = e.clock_id
        and e.state <> 'stopped' and c.state in ('running', 'paused')
      order by e.level desc, e.id limit 1;
  end if;
  new.shown := json_build_object('clockId', new.clock_id, 'metric', new.metric, 'state', new.state,
    'dueAt', (extract(epoch from new.due_at) * 1000000)::bigint, 'breached', new.breached, 'sequence', new.sequence,
    'asOf', (extract(epoch from new.as_of) * 1000000)::bigint, 'escalation', open_escalation);
  return new;
end $$;

drop trigger ticket_sla_written_in on ticket_sla;
create trigger ticket_sla_shown before insert or update on ticket_sla for each row execute function show_sla();

create function escalate_sla () returns trigger language plpgsql as $$
begin
  insert into ticket_sla (tenant_id, ticket_id, escalated) values (new.tenant_id, new.ticket_id, true)
    on conflict (tenant_id, ticket_id) do update set escalated = true;
  return null;
end $$;

create trigger ticket_escalation_shown after insert or update on ticket_escalation
  for each row execute function escalate_sla();

update ticket_sla s set escalated = exists (
  select from ticket_escalation e where e.tenant_id = s.tenant_id and e.ticket_id = s.ticket_id);
