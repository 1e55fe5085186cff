import { formatInstant } from '@dueline/business-time'
import { systemClock } from '@dueline/runtime'
import t from 'tap'
import { eventually, publish } from '@dueline/testkit'
import { clockEvent, HOUR, id, staffEvents, ticketEvent, ticketSummary } from '../events.ts'
import { startEscalation } from './harness.ts'

function policy (name: string, change: object = {}): object {
  return {
    name,
    levels: [
      { name: 'Soon', trigger: { beforeDeadline: 'PT1H' }, targets: [{ assignee: true }], actions: [{ notify: true }] },
      {
        name: 'Breach',
        trigger: { afterDeadline: 'PT0S' },
        targets: [{ stepsUp: 1 }],
        actions: [{ notify: true }, { reassign: 'first_target' }, { raisePriority: 'one_step' }]
      },
      {
        name: 'Late',
        trigger: { afterDeadline: 'PT1H' },
        targets: [{ role: 'ceo', via: 'reporting_line' }],
        actions: [{ notify: true }]
      }
    ],
    ...change
  }
}

t.test("the tenant's escalation policy: before the deadline, at the breach, paused, resumed, met", async (t) => {
  const { deliver, outbox, fired, call, database } = await startEscalation(t)
  const { body: { id: escalationPolicyId } } = await call('POST', '/escalation-policies', policy('Mine'))
  await deliver(...staffEvents(), ticketEvent(1))
  const now = systemClock.now()
  const soon = now + HOUR / 2
  await deliver(clockEvent('started', 1, { dueAt: soon }))
  await fired.atLeast(1)
  t.match(await outbox(), [{
    type: 'opened',
    data: { escalation: { escalationPolicyId, escalationPolicyName: 'Mine', levelCount: 3 } }
  }, { type: 'level-reached', data: { level: { number: 1, name: 'Soon' }, dueAt: formatInstant(soon - HOUR) } }])
  t.same((await database.pool.query('select from timer')).rowCount, 0, 'the next level waits for the breach')

  await call('PATCH', `/escalation-policies/${escalationPolicyId}`, {
    levels: [{
      name: 'Other',
      trigger: { afterDeadline: 'PT9H' },
      targets: [{ assignee: true }],
      actions: [{ notify: true }]
    }]
  }, { headers: { 'if-match': '"1"' } })
  await call('DELETE', `/escalation-policies/${escalationPolicyId}`)
  await deliver(clockEvent('breached', 2, { dueAt: now, breachedAt: now }))
  await fired.atLeast(2)
  t.match((await outbox()).slice(2), [{
    type: 'level-reached',
    data: {
      level: { number: 2, name: 'Breach' },
      actions: [{ kind: 'notify', personIds: [id('max')] }, { kind: 'reassign', assigneeId: id('max') }, {
        kind: 'raise_priority',
        priority: 'P1'
      }]
    }
  }], 'it keeps the version that it opened with')

  await deliver(
    clockEvent('paused', 3, { breachedAt: now, state: 'paused' }, ticketSummary(), {
      time: formatInstant(now + HOUR / 4)
    })
  )
  t.same((await database.pool.query('select from timer')).rowCount, 0, 'a pause holds the levels')
  t.match((await call('GET', '/escalations')).body.items, [{ state: 'open', nextLevelAt: null }])
  await deliver(
    clockEvent('resumed', 4, { dueAt: now, breachedAt: now }, ticketSummary(), { time: formatInstant(now + 5 * HOUR) })
  )
  t.match((await call('GET', '/escalations')).body.items, [{
    state: 'open',
    nextLevelAt: formatInstant(now + 5.75 * HOUR)
  }], 'what was left of the hour')
  await deliver(clockEvent('met', 5, { state: 'met', breachedAt: now }))
  t.match((await outbox()).slice(3), [{
    type: 'stopped',
    data: { reason: 'clock_met', escalation: { state: 'stopped', level: 2 } }
  }])
  t.same((await database.pool.query('select from timer')).rowCount, 0)
})

t.test('which escalation policy: named by the agreement, most specific, default, preset, none', async (t) => {
  const { deliver, call, database } = await startEscalation(t)
  const chosen = async (name: string, change: object = {}): Promise<string> => {
    await deliver(
      clockEvent(
        'started',
        1,
        { id: id(name), dueAt: systemClock.now() + 9 * HOUR, ...change },
        ticketSummary({ id: id(`t${name}`), priority: 'P0' })
      )
    )
    const { rows: [row] } = await database.pool.query(
      `select case
          when c.escalation_policy_version is null then 'none'
          when c.escalation_policy_id is null then 'preset'
          else v.name end as name
        from escalation_case c left join escalation_policy_version v
          on v.escalation_policy_id = c.escalation_policy_id and v.version = c.escalation_policy_version
        where c.id = $1`,
      [id(name)]
    )
    return row.name
  }
  t.equal(await chosen('a'), 'preset')
  await call('POST', '/escalation-policies', policy('Default', { isDefault: true }))
  t.equal(await chosen('b'), 'Default')
  const urgent = await call('POST', '/escalation-policies', policy('Urgent', { filters: { priorities: ['P0'] } }))
  t.equal(await chosen('c'), 'Urgent')
  const named = await call('POST', '/escalation-policies', policy('Named', { filters: { priorities: ['P3'] } }))
  t.equal(await chosen('d', { escalationPolicyId: named.body.id }), 'Named')
  t.equal(await chosen('e', { metric: 'next_response' }), 'none')
  await call('PATCH', `/escalation-policies/${urgent.body.id}`, { active: false }, { headers: { 'if-match': '*' } })
  t.equal(await chosen('f'), 'Default')
})

t.test('nobody to notify: the level is recorded with the reason', async (t) => {
  const { deliver, fired, call } = await startEscalation(t)
  const due = systemClock.now() - 2 * HOUR
  await deliver(clockEvent('breached', 1, { dueAt: due, breachedAt: due }))
  await fired.atLeast(1)
  const { body: { items: [{ id: escalationId }] } } = await call('GET', '/escalations')
  t.match((await call('GET', `/escalations/${escalationId}`)).body.history[1], {
    kind: 'level_reached',
    reason: /^nobody_found/,
    level: { targets: [], actions: [] }
  })
})

t.test('a restart while something falls due, and two replicas: everything once', async (t) => {
  const first = await startEscalation(t)
  await first.deliver(...staffEvents())
  await first.timers.stop()
  const due = systemClock.now() - 2 * HOUR
  const breaches = (name: string) =>
    Array.from(
      { length: 40 },
      (_, i) =>
        clockEvent(
          'breached',
          1,
          { id: id(`${name}${i}`), dueAt: due, breachedAt: due },
          ticketSummary({ id: id(`t${name}${i}`) })
        )
    )
  await first.deliver(...breaches('a'))
  t.same(await first.outbox(), [], 'nothing is reached while the timers stand still')
  const second = await startEscalation(t, {}, first)
  await first.timers.start()
  await publish(first.bus, breaches('b'))
  await eventually(() => first.fired.all.length + second.fired.all.length >= 80)
  const sent = await first.outbox()
  t.same([
    sent.filter(({ type }) => type === 'opened').length,
    sent.filter(({ type }) => type === 'level-reached').length,
    sent.length
  ], [80, 80, 160])
})
