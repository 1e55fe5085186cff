import { compileCalendar, type Micros } from '@dueline/business-time'
import { metrics, nextResponseRules, reopenRules, type TicketStatus } from '@dueline/contracts'
import fc from 'fast-check'
import type { MarkRule, AgreementVersion } from '../../src/domain/agreements.ts'
import type { ClockKey, StoredFact } from '../../src/domain/facts.ts'
import { alwaysOpen, type CalendarLookup } from '../../src/domain/open-time.ts'
import { at, HOUR, MINUTE, nine, agreementVersion, Timeline, withdrawn } from './timeline-builder.ts'

const berlin = compileCalendar({
  timezone: 'Europe/Berlin',
  weekly: {
    mon: [['09:00', '17:00']],
    tue: [['09:00', '12:00'], ['13:00', '17:00']],
    wed: [['09:00', '17:00']],
    thu: [['09:00', '17:00']],
    fri: [['09:00', '15:00']]
  }
})

/** Calendar `berlin` in version 1, and 24×7. */
export const calendars: CalendarLookup = ({ id }) => id === null ? alwaysOpen : id === 'berlin' ? berlin : undefined

/** The end of every random timeline, so that what is compared is looked at from one instant. */
export const theEnd = at(24 * 14)

const instant = fc.integer({ min: 0, max: 10 * 24 * 12 }).map((fives) => nine + fives * 5 * MINUTE)
const statuses: readonly TicketStatus[] = [
  'open',
  'open',
  'waiting_on_customer',
  'waiting_on_vendor',
  'resolved',
  'closed',
  'cancelled'
]

const clockKey: fc.Arbitrary<ClockKey> = fc.record({
  kind: fc.constant('sla' as const),
  metric: fc.constantFrom(...metrics),
  cycle: fc.integer({ min: 1, max: 2 })
})

type Step = (timeline: Timeline, when: Micros) => Timeline
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(...statuses).map((to): Step => (timeline, when) => timeline.status(when, to))
  },
  { weight: 2, arbitrary: fc.constant<Step>((timeline, when) => timeline.agent(when)) },
  { weight: 2, arbitrary: fc.constant<Step>((timeline, when) => timeline.customer(when)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a1', 'a2', null).map((who): Step => (timeline, when) =>
      timeline.assign(when, who, 'team')
    )
  },
  {
    weight: 1,
    arbitrary: fc.tuple(clockKey, fc.integer({ min: 1, max: 90 })).map(([clock, minutes]): Step => (timeline, when) =>
      timeline.pause(when, when + minutes * MINUTE, clock)
    )
  },
  { weight: 1, arbitrary: clockKey.map((clock): Step => (timeline, when) => timeline.resume(when, clock)) },
  {
    weight: 1,
    arbitrary: fc.tuple(clockKey, fc.integer({ min: 1, max: 120 })).map(([clock, minutes]): Step => (timeline, when) =>
      timeline.extend(when, minutes * MINUTE, clock)
    )
  },
  { weight: 1, arbitrary: clockKey.map((clock): Step => (timeline, when) => timeline.waive(when, clock)) }
)

/** Facts of a ticket in the order they happened, created at the beginning. */
export const randomFacts: fc.Arbitrary<StoredFact[]> = fc.array(fc.tuple(instant, step), { maxLength: 12 }).map(
  (steps) => {
    const timeline = new Timeline().created()
    for (const [when, add] of [...steps].sort((a, b) => a[0] - b[0])) add(timeline, when)
    return timeline.facts
  }
)

const marks: fc.Arbitrary<readonly MarkRule[]> = fc.subarray<MarkRule>([
  { percent: 50, urgent: false },
  { percent: 80, urgent: true },
  { before: 30 * MINUTE, urgent: true },
  { after: HOUR, urgent: false }
])
const target = fc.integer({ min: 1, max: 40 }).map((quarters) => quarters * 15 * MINUTE)
const targets = fc.record({
  first_response: target,
  next_response: target,
  periodic_update: target,
  resolution: target
})
/** Mostly all metrics; now and then some have no agreement. */
const someTargets = fc.tuple(
  targets,
  fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.subarray([...metrics], { maxLength: 3 }))
)
  .map(([all, without]) =>
    Object.fromEntries(Object.entries(all).filter(([metric]) => !without.some((one) => one === metric)))
  )

/** An agreement of a ticket; as it is, the first. */
export const randomAgreement: fc.Arbitrary<AgreementVersion> = fc.record({
  targets: someTargets,
  marks,
  reopen: fc.constantFrom(...reopenRules),
  nextResponse: fc.constantFrom(...nextResponseRules),
  calendarId: fc.constantFrom('berlin', null),
  pauseRules: fc.constantFrom({}, {
    first_response: ['manual' as const, 'waiting_on_customer' as const],
    next_response: ['manual' as const]
  })
}).map((options) => agreementVersion(options))

/** One to three agreements, each made later than the one before; the last may be a withdrawal. */
export const randomAgreements: fc.Arbitrary<AgreementVersion[]> = fc.tuple(
  randomAgreement,
  fc.array(
    fc.tuple(
      instant,
      randomAgreement,
      fc.constantFrom('from_now' as const, 'retroactive' as const),
      fc.integer({ min: 0, max: 6 })
    ),
    { maxLength: 2 }
  )
).map(([first, later]) => {
  const inOrder = later.sort((a, b) => a[0] - b[0])
  return [
    first,
    ...inOrder.map(([madeAt, { terms }, effect, kind], index) => {
      const version = index + 2
      if (kind === 0) return withdrawn(version, madeAt)
      return {
        kind: 'sla' as const,
        version,
        ticketVersion: version,
        policyVersion: 0,
        supersedes: [],
        madeAt,
        effect,
        terms: { ...terms!, agreementId: `agreement-${version}` }
      }
    })
  ]
})
