import { systemClock } from '@dueline/runtime'
import { testEvent } from '@dueline/testkit'
import { formatInstant } from '@dueline/business-time'
import t from 'tap'
import { clockEvent, HOUR, id, personEvent, ticketEvent } from '../events.ts'
import { startEscalation } from './harness.ts'

const levels = [
  { key: 'patient', name: 'Patient', role: 'customer' as const },
  { key: 'staff', name: 'Staff', role: 'agent' as const },
  { key: 'department-manager', name: 'Department manager', role: 'manager' as const },
  { key: 'ceo', name: 'CEO', role: 'ceo' as const }
]

t.test('a level addresses the next one up by the copied levels, reporting line and absences', async (t) => {
  const { deliver, outbox, fired, call } = await startEscalation(t)
  const level = {
    name: 'Up',
    trigger: { afterDeadline: 'PT0S' },
    targets: [{ nextLevelUp: true }],
    actions: [{ notify: true }]
  }
  const { status, body } = await call('POST', '/escalation-policies', { name: 'Up', levels: [level] })
  t.equal(status, 201)
  t.same(body.levels[0].targets, [{ nextLevelUp: true }])
  const not = { ...level, targets: [{ nextLevelUp: false }] }
  t.match(await call('POST', '/escalation-policies', { name: 'No', levels: [not] }), {
    status: 400,
    body: { errors: [{ pointer: '/levels/0/targets/0/nextLevelUp' }] }
  })
  const two = { ...level, targets: [{ nextLevelUp: true, stepsUp: 1 }] }
  t.match(await call('POST', '/escalation-policies', { name: 'No', levels: [two] }), {
    status: 400,
    body: { errors: [{ pointer: '/levels/0/targets/0', message: /nextLevelUp/ }] }
  })

  const now = systemClock.now()
  const absence = {
    id: id('leave'),
    personId: id('max'),
    from: formatInstant(now - HOUR),
    to: formatInstant(now + HOUR),
    substituteId: id('sub'),
    version: 1
  }
  await deliver(
    personEvent('ann', 'agent', 'eve', { level: 'staff' }),
    personEvent('eve', 'agent', 'max', { level: 'staff' }),
    personEvent('max', 'manager', 'cleo', { level: 'department-manager' }),
    personEvent('cleo', 'ceo', null, { level: 'ceo' }),
    personEvent('sub', 'manager', null, { level: 'department-manager' }),
    testEvent('dueline.levels.changed.v1', { levels, version: 1 }),
    ticketEvent(1)
  )
  await deliver(clockEvent('breached', 1, { dueAt: now, breachedAt: now }))
  await fired.atLeast(1)
  t.match(await targets(), [
    [{ personId: id('max'), because: 'the next level up: Department manager' }]
  ], 'eve is nearer, and of the same level')

  await deliver(testEvent('dueline.absence.changed.v1', { absence, deleted: false }))
  await deliver(clockEvent('breach-withdrawn', 2, { dueAt: now + HOUR }))
  await deliver(clockEvent('breached', 3, { dueAt: now, breachedAt: now }))
  await fired.atLeast(2)
  t.match((await targets())[1], [
    { personId: id('sub'), because: 'stands in at the next level up for Department manager, who is absent' }
  ])

  await deliver(testEvent('dueline.absence.changed.v1', { absence: { ...absence, version: 2 }, deleted: true }))
  const availability = { personId: id('max'), state: 'away' as const, until: null, capacityPoints: null, version: 1 }
  await deliver(testEvent('dueline.availability.changed.v1', { availability }))
  await deliver(clockEvent('breach-withdrawn', 4, { dueAt: now + HOUR }))
  await deliver(clockEvent('breached', 5, { dueAt: now, breachedAt: now }))
  await fired.atLeast(3)
  t.match((await targets())[2], [
    { personId: id('cleo'), because: 'the next level up: CEO; Department manager is absent without a substitute' }
  ])

  async function targets () {
    return (await outbox()).filter(({ type }) => type === 'level-reached').map(({ data }) => data.targets)
  }
})
