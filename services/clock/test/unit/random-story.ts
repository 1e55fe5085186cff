import { compileCalendar, type Micros } from '@dueline/business-time'
import { nextResponseRules, reopenRules, type Metric, type TicketStatus } from '@dueline/contracts'
import fc from 'fast-check'
import type { MarkRule, Promised } from '../../src/domain/agreements.ts'
import type { ClockKey, StoredFact } from '../../src/domain/facts.ts'
import { alwaysOpen, type CalendarLookup } from '../../src/domain/open-time.ts'
import { at, HOUR, MINUTE, nine, promise, Story, withdrawn } from './story-builder.ts'

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

/** The end of every random story, so that what is compared is looked at from one instant. */
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
const metrics: readonly Metric[] = ['first_response', 'next_response', 'periodic_update', 'resolution']

const clockKey: fc.Arbitrary<ClockKey> = fc.record({
  kind: fc.constant('sla' as const),
  metric: fc.constantFrom(...metrics),
  cycle: fc.integer({ min: 1, max: 2 })
})

type Step = (story: Story, when: Micros) => Story
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...statuses).map((to): Step => (story, when) => story.status(when, to)) },
  { weight: 2, arbitrary: fc.constant<Step>((story, when) => story.agent(when)) },
  { weight: 2, arbitrary: fc.constant<Step>((story, when) => story.customer(when)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a1', 'a2', null).map((who): Step => (story, when) => story.assign(when, who, 'team'))
  },
  {
    weight: 1,
    arbitrary: fc.tuple(clockKey, fc.integer({ min: 1, max: 90 })).map(([clock, minutes]): Step => (story, when) =>
      story.pause(when, when + minutes * MINUTE, clock)
    )
  },
  { weight: 1, arbitrary: clockKey.map((clock): Step => (story, when) => story.resume(when, clock)) },
  {
    weight: 1,
    arbitrary: fc.tuple(clockKey, fc.integer({ min: 1, max: 120 })).map(([clock, minutes]): Step => (story, when) =>
      story.extend(when, minutes * MINUTE, clock)
    )
  },
  { weight: 1, arbitrary: clockKey.map((clock): Step => (story, when) => story.waive(when, clock)) }
)

/** Facts of a ticket in the order they happened, created at the beginning. */
export const randomFacts: fc.Arbitrary<StoredFact[]> = fc.array(fc.tuple(instant, step), { maxLength: 12 }).map(
  (steps) => {
    const story = new Story().created()
    for (const [when, add] of [...steps].sort((a, b) => a[0] - b[0])) add(story, when)
    return story.facts
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
/** Mostly all metrics; now and then some are promised nothing. */
const someTargets = fc.tuple(
  targets,
  fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.subarray([...metrics], { maxLength: 3 }))
)
  .map(([all, without]) =>
    Object.fromEntries(Object.entries(all).filter(([metric]) => !without.some((one) => one === metric)))
  )

/** A promise of a ticket; as it is, the first. */
export const randomPromise: fc.Arbitrary<Promised> = fc.record({
  targets: someTargets,
  marks,
  reopen: fc.constantFrom(...reopenRules),
  nextResponse: fc.constantFrom(...nextResponseRules),
  calendarId: fc.constantFrom('berlin', null),
  pauseRules: fc.constantFrom({}, {
    first_response: ['manual' as const, 'waiting_on_customer' as const],
    next_response: ['manual' as const]
  })
}).map((options) => promise(options))

/** One to three promises, each made later than the one before; the last may be a withdrawal. */
export const randomPromises: fc.Arbitrary<Promised[]> = fc.tuple(
  randomPromise,
  fc.array(
    fc.tuple(
      instant,
      randomPromise,
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
