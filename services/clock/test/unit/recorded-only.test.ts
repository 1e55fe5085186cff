import type { Micros } from '@dueline/business-time'
import t from 'tap'
import type { AgreementVersion } from '../../src/domain/agreements.ts'
import { diff, passTime } from '../../src/domain/diff.ts'
import type { FiredMark, StoredClock } from '../../src/domain/difference.ts'
import type { StoredFact } from '../../src/domain/facts.ts'
import { fold } from '../../src/domain/fold.ts'
import { at, HOUR, MINUTE, nine, agreementVersion, roundTheClock, Timeline } from './timeline-builder.ts'

const reminders = [{ percent: 50, urgent: false }, { percent: 90, urgent: true }, { after: HOUR, urgent: false }]

/**
 * A ticket's clocks as a service would store them: each call is one pass, and answers its marks and why they are not
 * announced.
 */
function ticket () {
  let clocks = new Map<string, StoredClock>()
  const fired: FiredMark[] = []
  let count = 0
  const words = (changes: ReturnType<typeof diff>['changes']): string[] =>
    changes.flatMap(({ clockId, mark }) =>
      mark === null
        ? []
        : [
          `${clocks.get(clockId)!.metric} ${mark.key} ${mark.recordedOnly ?? 'announced'}${
            mark.attachedLate ? ' late' : ''
          }`
        ]
    )
  const apply = ({ rows, newMarks, changes }: ReturnType<typeof diff>): string[] => {
    clocks = new Map([...clocks, ...rows.map((row) => [row.id, row] as const)])
    fired.push(...newMarks)
    return words(changes)
  }
  return {
    receive (facts: readonly StoredFact[], agreementVersions: readonly AgreementVersion[], asOf: Micros): string[] {
      const folded = fold({ facts, agreementVersions, calendars: roundTheClock, asOf })
      return apply(
        diff({ stored: [...clocks.values()], fired, folded, catchUpBefore: -Infinity, newId: () => `c${++count}` })
      )
    },
    wait (now: Micros): string[] {
      return apply(passTime([...clocks.values()], now, -Infinity, false)!)
    }
  }
}

t.test('what is over announces nothing', async (t) => {
  const long = agreementVersion({ targets: { first_response: 8 * HOUR, resolution: 11 * HOUR }, marks: reminders })
  const short = agreementVersion({
    version: 2,
    madeAt: at(6),
    targets: { first_response: HOUR, resolution: HOUR },
    marks: reminders
  })
  for (const end of ['resolved', 'closed', 'cancelled'] as const) {
    const timeline = new Timeline().created().agent(at(2)).status(at(5), end)
    const done = ticket()
    t.same(done.receive(timeline.facts, [long], at(5)), [], end)
    t.same(done.receive(timeline.facts, [long, short], at(6)), [
      'first_response percent:50 over late',
      'resolution percent:50 over late',
      'first_response percent:90 over late',
      'resolution percent:90 over late',
      'first_response breach over late',
      'resolution breach over late',
      'resolution after:PT1H over late'
    ], `${end}, then shortened`)
  }
  const open = ticket()
  t.same(open.receive(new Timeline().created().facts, [long], at(1)), [])
  const late = new Timeline().created().status(at(10), 'resolved')
  t.same(
    open.receive(late.facts, [long], at(10)).filter((word) => word.includes('announced')),
    [],
    'missed and resolved before anybody looked'
  )
})

t.test('an agreement that is attached late says what was missed once, and no warnings of the past', async (t) => {
  const timeline = new Timeline().created()
  const long = agreementVersion({ targets: { first_response: 90 * HOUR, resolution: 99 * HOUR }, marks: reminders })
  for (const effect of ['retroactive', 'from_now'] as const) {
    const shorter = (hours: number, version = 2) =>
      agreementVersion({
        version,
        effect,
        madeAt: at(30),
        targets: { first_response: hours * HOUR, resolution: (hours + 1) * HOUR },
        marks: reminders
      })
    const missed = ticket()
    missed.receive(timeline.facts, [long], at(29))
    const words = missed.receive(timeline.facts, [long, shorter(4)], at(30))
    t.same(words.filter((word) => !word.includes('superseded late')), ['resolution breach announced late'], effect)
    t.equal(words.length, 8, 'the others are recorded')
    const warned = ticket()
    warned.receive(timeline.facts, [long], at(29))
    t.same(warned.receive(timeline.facts, [long, shorter(40)], at(30)), [
      'first_response percent:50 superseded late',
      'resolution percent:50 superseded late'
    ], `${effect}: half of the time is used`)
    t.same(warned.wait(at(36)), ['first_response percent:90 announced'], 'what is still to come is announced')
  }
})

t.test('what was waited for is not attached late by an agreement that says the same', async (t) => {
  const timeline = new Timeline().created()
  const first = agreementVersion({ targets: { resolution: HOUR }, marks: [] })
  const waited = ticket()
  waited.receive(timeline.facts, [first], nine)
  t.same(waited.receive(timeline.facts, [first, { ...first, version: 2, madeAt: at(2) }], at(3)), [
    'resolution breach announced'
  ])
})

t.test('a stopped clock: a miss by a later agreement is history, one that nobody looked at is announced', async (t) => {
  const timeline = new Timeline().created().agent(at(2))
  const target = (hours: number) => ({ targets: { first_response: hours * HOUR }, marks: reminders })
  const answered = ticket()
  t.same(
    answered.receive(timeline.facts, [agreementVersion(target(3))], at(2)),
    ['first_response percent:50 over'],
    'no warning of a clock that is met'
  )
  t.same(
    answered.receive(timeline.facts, [
      agreementVersion(target(3)),
      agreementVersion({ version: 2, madeAt: at(3), ...target(1) })
    ], at(3)),
    ['first_response percent:90 over late', 'first_response breach over late']
  )
  t.same(ticket().receive(timeline.facts, [agreementVersion(target(1))], at(2)), [
    'first_response percent:50 over',
    'first_response percent:90 over',
    'first_response breach announced'
  ])
})

t.test('marks of one pass: the gravest is announced', async (t) => {
  const targets = { first_response: HOUR, resolution: HOUR }
  const both = ticket()
  both.receive(new Timeline().created().facts, [agreementVersion({ targets, marks: reminders })], nine)
  t.same(
    both.wait(at(0, 30)),
    ['first_response percent:50 superseded', 'resolution percent:50 announced'],
    'of equals one'
  )
  t.same(both.wait(at(0, 54)), ['first_response percent:90 superseded', 'resolution percent:90 announced'])
  t.same(both.wait(at(9)), [
    'first_response breach superseded',
    'resolution breach announced',
    'first_response after:PT1H superseded',
    'resolution after:PT1H superseded'
  ], 'a breach over what follows it')
  const mixed = ticket()
  mixed.receive(new Timeline().created().facts, [
    agreementVersion({
      targets: { first_response: 60 * MINUTE, resolution: 100 * MINUTE },
      marks: [{ percent: 90, urgent: true }, { percent: 91, urgent: false }]
    })
  ], nine)
  t.same(
    mixed.wait(at(0, 55)),
    ['first_response percent:90 announced', 'first_response percent:91 superseded'],
    'an urgent warning over a later one'
  )
  t.same(mixed.wait(at(1, 35)), [
    'first_response breach announced',
    'resolution percent:90 superseded',
    'resolution percent:91 superseded'
  ])
  const kinds = ticket()
  kinds.receive(new Timeline().created().facts, [agreementVersion(), {
    ...agreementVersion({ targets: { resolution: 5 * HOUR } }),
    kind: 'ola'
  }], nine)
  t.same(
    kinds.wait(at(9)),
    ['resolution breach announced', 'resolution breach superseded'],
    'the agreement with the customer first'
  )
  const again = ticket()
  again.receive(new Timeline().created().facts, [agreementVersion({ targets: { resolution: HOUR } })], nine)
  t.same(again.wait(at(1)), ['resolution breach announced'])
  const warning = agreementVersion({
    version: 2,
    madeAt: nine,
    targets: { resolution: HOUR },
    marks: [{ percent: 50, urgent: false }]
  })
  t.same(
    again.receive(
      new Timeline().created().facts,
      [agreementVersion({ targets: { resolution: HOUR } }), warning],
      at(2)
    ),
    [
      'resolution percent:50 superseded'
    ],
    'no warning after the miss'
  )
})
