import { roles } from '@dueline/contracts'
import t from 'tap'
import type { CaseState, Happened } from '../../src/domain/case.ts'
import { decidedEventsOf, systemActor, toEvent, type DecidedEvent } from '../../src/domain/decided-event.ts'
import type { Decision } from '../../src/domain/escalation.ts'
import { levelsMax, pinnedPreset, preset, targetRoles } from '../../src/domain/escalation-policy.ts'
import { DUE, HOUR, level, policy } from './fixtures.ts'

const identity = { tenantId: 'acme', clockId: 'clock', ticketId: 'ticket', metric: 'resolution' } as const
const escalation = { id: 'escalation', state: 'open', level: 1, openedAt: DUE, version: 3 } as const
const ticket = { id: 'ticket' } as DecidedEvent['ticket']
const pinned = policy(level({ afterDeadline: 'PT0S' }), level({ afterDeadline: 'PT1H' }))
const before = (of: CaseState['policy']) => ({ policy: of, clock: { cycle: 2 } }) as CaseState
const reached = {
  kind: 'level_reached',
  escalation,
  number: 1,
  name: 'First',
  last: false,
  targets: [{ personId: 'ann', because: 'assignee', more: 'kept here' }],
  actions: [{ kind: 'notify' }],
  dueAt: DUE,
  reason: null
} as unknown as Happened
const stopped = { kind: 'stopped', escalation, reason: 'clock_met' } as unknown as Happened

function decided (of: CaseState['policy'], ...events: Happened[]): DecidedEvent[] {
  return decidedEventsOf(identity, before(of), { events } as unknown as Decision, ticket, systemActor)
}

t.test('what a decision reports is of the policy and cycle before it; without a policy it reports nothing', (t) => {
  t.same(decided(null, reached, stopped), [])
  t.match(decided(pinned, reached, stopped), [
    { ...identity, event: reached, cycle: 2, policy: pinned, actor: systemActor },
    { ...identity, event: stopped, cycle: 2, policy: pinned, actor: systemActor }
  ])
  t.end()
})

t.test('a level that is reached says which and whom it is for', (t) => {
  const [event] = decided(pinned, reached)
  const sent = toEvent(event!, 'id', DUE + HOUR)
  t.match(sent, {
    id: 'id',
    type: 'dueline.escalation.level-reached.v1',
    subject: 'ticket/ticket',
    partitionKey: 'ticket',
    sequence: 3,
    time: DUE + HOUR,
    historical: false
  })
  t.match(sent.data, {
    escalation: { id: 'escalation', cycle: 2, level: 1, levelCount: 2, state: 'open', version: 3 },
    level: { number: 1, name: 'First', last: false },
    actions: [{ kind: 'notify' }]
  })
  t.same((sent.data as { targets: unknown }).targets, [{ personId: 'ann', because: 'assignee' }])
  t.end()
})

t.test('whatever else happens says who did it and why', (t) => {
  const [event] = decided(pinned, stopped)
  const sent = toEvent(event!, 'id', DUE)
  t.equal(sent.type, 'dueline.escalation.stopped.v1')
  t.match(sent.data, { actor: systemActor, reason: 'clock_met' })
  t.notOk('level' in sent.data)
  t.end()
})

t.test('the preset is in force by itself and reaches its levels over two days', (t) => {
  t.match(preset, { name: 'Preset', isDefault: false, active: true, maxLevels: levelsMax })
  t.same(pinnedPreset, { id: null, version: 0, name: 'Preset', levels: preset.levels })
  t.same(preset.levels.map(({ trigger, targets }) => [trigger, targets]), [
    [{ afterDeadline: 'PT2H' }, [{ assignee: true }, { stepsUp: 1 }]],
    [{ afterDeadline: 'PT8H' }, [{ stepsUp: 1 }]],
    [{ afterDeadline: 'PT24H' }, [{ stepsUp: 2 }]],
    [{ afterDeadline: 'PT48H' }, [{ role: 'ceo', via: 'tenant' }]]
  ])
  for (const { actions } of preset.levels) t.same(actions, [{ notify: true }])
  t.same([...targetRoles, 'customer'].sort(), [...roles].sort(), 'no level is for customers')
  t.end()
})
