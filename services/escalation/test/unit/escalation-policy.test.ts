import t from 'tap'
import { chooseEscalationPolicy, type EscalationPolicy } from '../../src/domain/escalation-policy-choice.ts'
import { escalationPolicyFaults } from '../../src/domain/escalation-policy-faults.ts'
import {
  defaultMetrics,
  pinnedPreset,
  preset,
  type EscalationPolicyDraft,
  type Level
} from '../../src/domain/escalation-policy.ts'
import { id, level } from './fixtures.ts'

function draft (levels: Level[], change: Partial<EscalationPolicyDraft> = {}): EscalationPolicyDraft {
  return { ...preset, name: 'mine', levels, ...change }
}

function pointers (policy: EscalationPolicyDraft): string[] {
  return escalationPolicyFaults(policy).map(({ pointer }) => pointer)
}

t.test('the preset has no fault', async (t) => {
  t.same(escalationPolicyFaults(preset), [])
})

t.test('levels before, at and after the deadline and while unacknowledged are in order', async (t) => {
  t.same(
    pointers(draft([
      level({ beforeDeadline: 'PT1H' }),
      level({ unacknowledgedFor: 'PT15M' }),
      level({ beforeDeadline: 'PT30M' }),
      level({ afterDeadline: 'PT0S' }),
      level({ unacknowledgedFor: 'PT1H' }),
      level({ afterDeadline: 'PT2H' })
    ])),
    []
  )
})

t.test('every fault is found, each with its pointer', async (t) => {
  t.same(pointers(draft([level({ unacknowledgedFor: 'PT1H' })])), ['/levels/0/trigger'], 'nothing before it')
  t.same(pointers(draft([level({ beforeDeadline: 'PT0S' })])), ['/levels/0/trigger'])
  t.same(pointers(draft([level({ afterDeadline: 'PT1H' }), level({ unacknowledgedFor: 'PT0S' })])), [
    '/levels/1/trigger'
  ])
  t.same(pointers(draft([level({ afterDeadline: 'PT9999H' })])), ['/levels/0/trigger'], 'longer than 366 days')
  t.same(
    pointers(
      draft([level({ afterDeadline: 'PT2H' }), level({ afterDeadline: 'PT120M' }), level({ beforeDeadline: 'PT1H' })])
    ),
    ['/levels/1/trigger', '/levels/2/trigger']
  )
  t.same(
    pointers(
      draft([level({ afterDeadline: 'PT1H' }), level({ unacknowledgedFor: 'PT2H' }), level({ afterDeadline: 'PT3H' })])
    ),
    ['/levels/2/trigger'],
    'counted through the unacknowledged time'
  )
  t.same(pointers(draft([level({ afterDeadline: 'PT1H' }), level({ afterDeadline: 'PT2H' })], { maxLevels: 1 })), [
    '/levels'
  ])
  t.same(
    pointers(
      draft([level({ afterDeadline: 'PT1H' })], { isDefault: true, filters: { ...preset.filters, priorities: ['P0'] } })
    ),
    ['/filters']
  )
  t.same(
    pointers(draft([level({ afterDeadline: 'PT1H' }, {
      targets: [{ role: 'ceo', via: 'tenant' }, { assignee: true }, { via: 'tenant', role: 'ceo' }],
      actions: [{ raisePriority: 'P0' }, { notify: true }, { raisePriority: 'one_step' }]
    })])),
    ['/levels/0/targets/2', '/levels/0/actions/2']
  )
})

const subject = {
  metric: 'resolution',
  escalationPolicyId: null,
  ticket: { severity: 'high', priority: 'P1', productId: id('prod'), customerId: id('kim') }
} as const

function stored (
  name: string,
  filters: Partial<EscalationPolicy['filters']>,
  change: Partial<EscalationPolicy> = {}
): EscalationPolicy {
  return {
    ...draft([level({ afterDeadline: 'PT1H' })]),
    id: id(name),
    version: 1,
    name,
    filters: { ...preset.filters, ...filters },
    ...change
  }
}

t.test("the agreement's escalation policy, then the most specific, then the default, then the preset", async (t) => {
  const policies = [
    stored('any', {}),
    stored('dflt', {}, { isDefault: true }),
    stored('sev', { severities: ['high'] }),
    stored('prio', { priorities: ['P1'] }),
    stored('prod', { productIds: [id('prod')] }),
    stored('cust', { customerIds: [id('kim')] }),
    stored('other', { customerIds: [id('zoe')], priorities: ['P1'] }),
    stored('named', { priorities: ['P3'] })
  ]
  const order = ['cust', 'prod', 'prio', 'sev', 'any', 'dflt']
  t.equal(
    chooseEscalationPolicy(policies, { ...subject, escalationPolicyId: id('named') })?.name,
    'named',
    'whatever its filters'
  )
  t.equal(
    chooseEscalationPolicy(policies, { ...subject, escalationPolicyId: id('gone') })?.name,
    order[0],
    'one that is not there is passed over'
  )
  for (let i = 0; i < order.length; i++) {
    const left = policies.filter(({ name }) => !order.slice(0, i).includes(name))
    t.equal(chooseEscalationPolicy(left, subject)?.name, order[i])
    t.equal(
      chooseEscalationPolicy(left.map((l) => l.name === order[i] ? { ...l, active: false } : l), subject)?.name,
      order[i + 1] ?? 'Preset',
      'an inactive escalation policy is as good as absent'
    )
  }
  t.equal(chooseEscalationPolicy([], subject), pinnedPreset)
  t.equal(chooseEscalationPolicy([stored('b', {}), stored('a', {})], subject)?.name, 'a', 'of equals the elder')
  t.equal(
    chooseEscalationPolicy([stored('p', { productIds: [id('x')] })], {
      ...subject,
      ticket: { ...subject.ticket, productId: null }
    })?.name,
    'Preset',
    'no product fits no product filter'
  )
})

t.test('a metric nobody watches has no escalation policy', async (t) => {
  t.same(defaultMetrics, ['resolution', 'first_response'])
  t.equal(
    chooseEscalationPolicy([stored('dflt', {}, { isDefault: true })], { ...subject, metric: 'next_response' }),
    null
  )
  t.equal(
    chooseEscalationPolicy([stored('next', { metrics: ['next_response'] })], { ...subject, metric: 'next_response' })
      ?.name,
    'next'
  )
})
