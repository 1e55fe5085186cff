import fc from 'fast-check'
import t from 'tap'
import {
  availabilityStates,
  effectiveAvailability,
  substituteOf,
  type AvailabilityFacts,
  type EffectiveAvailability
} from '../../src/index.ts'

const nothing: AvailabilityFacts = { active: true, state: null, until: null, absences: [] }
const holiday = { from: 10, to: 20, substituteId: 'bob' }

t.test('by hand beats absence beats calendar, each up to its end', (t) => {
  const of = (facts: Partial<AvailabilityFacts>, at: number, isOpen: boolean | null = null) => {
    const { state, reason } = effectiveAvailability({ ...nothing, ...facts }, at, isOpen)
    return `${state} ${reason}`
  }
  t.equal(of({}, 5), 'available none')
  t.equal(of({}, 5, true), 'available calendar')
  t.equal(of({}, 5, false), 'off calendar')
  const absences = [holiday]
  t.same([9, 10, 19, 20].map((at) => of({ absences }, at, true)), [
    'available calendar',
    'away absence',
    'away absence',
    'available calendar'
  ])
  t.equal(of({ absences, state: 'available', until: null }, 15, false), 'available set')
  t.same([14, 15].map((at) => of({ absences, state: 'busy', until: 15 }, at)), ['busy set', 'away absence'])
  t.equal(of({ active: false, state: 'available' }, 5, true), 'off inactive')
  t.end()
})

const instant = fc.integer({ min: 0, max: 40 })
const facts = fc.record({
  active: fc.boolean(),
  state: fc.option(fc.constantFrom(...availabilityStates)),
  until: fc.option(instant),
  absences: fc.array(
    fc.tuple(instant, fc.integer({ min: 1, max: 10 }), fc.option(fc.constantFrom('a', 'b'))).map(
      ([from, length, substituteId]) => ({ from, to: from + length, substituteId })
    ),
    { maxLength: 4 }
  )
})
const isOpen = fc.option(fc.boolean())

t.test('whatever is known of a person: one answer, by what counts at the instant alone', (t) => {
  fc.assert(
    fc.property(facts, instant, isOpen, (known, at, open) => {
      const answer = effectiveAvailability(known, at, open)
      // what is over, and what has not begun, is as if it had never been
      const counting = known.absences.filter(({ from, to }) => from <= at && at < to)
      const set = known.until === null || known.until > at ? known.state : null
      const same = effectiveAvailability({ ...known, state: set, until: null, absences: counting }, at, open)
      t.same(same, answer)
      t.same(
        effectiveAvailability({ ...known, absences: counting.slice(0, 1) }, at, open),
        answer,
        'the first of several at once'
      )
      t.equal(answer.absence !== null, counting.length > 0)
      const by = !known.active
        ? ['inactive', 'off']
        : set !== null
        ? ['set', set]
        : counting.length > 0
        ? ['absence', 'away']
        : open === null
        ? ['none', 'available']
        : ['calendar', open ? 'available' : 'off']
      t.same([answer.reason, answer.state], by)
    }),
    { numRuns: 300 }
  )
  t.end()
})

const here: EffectiveAvailability = { state: 'available', reason: 'none', absence: null }
const gone = (substituteId: string | null): EffectiveAvailability => ({
  state: 'away',
  reason: 'absence',
  absence: { ...holiday, substituteId }
})

t.test('substitutes are followed to somebody who is there', (t) => {
  const of = (people: Record<string, EffectiveAvailability>) => substituteOf('ann', (id) => people[id])
  t.equal(of({ ann: here, bob: here }), null, 'nobody has to')
  t.equal(of({ ann: gone('bob'), bob: here }), 'bob')
  t.equal(of({ ann: gone('bob'), bob: gone('cem'), cem: here }), 'cem')
  t.equal(of({ ann: gone(null) }), null)
  t.equal(of({ ann: gone('bob'), bob: gone(null) }), null)
  t.equal(of({ ann: gone('bob'), bob: gone('ann') }), null, 'a circle')
  t.equal(of({ ann: gone('bob') }), null, 'unknown')
  t.equal(of({ ann: gone('bob'), bob: { state: 'off', reason: 'inactive', absence: null } }), null, 'has left')
  t.equal(of({ ann: { ...gone('bob'), state: 'available', reason: 'set' }, bob: here }), null, 'works all the same')
  t.equal(of({ ann: { ...gone('bob'), state: 'off', reason: 'set' }, bob: here }), 'bob', 'off by hand, too')
  t.equal(of({ ann: gone('bob'), bob: { state: 'off', reason: 'calendar', absence: null } }), 'bob', 'is at home now')
  t.end()
})

t.test('whoever stands in for whom, the walk ends, at somebody else who is there', (t) => {
  const people = ['a', 'b', 'c', 'd', 'e']
  const someone = fc.oneof(fc.constant(here), fc.option(fc.constantFrom(...people)).map(gone))
  fc.assert(
    fc.property(fc.tuple(...people.map(() => someone)), (all) => {
      const by = new Map(people.map((id, index) => [id, all[index]!]))
      for (const id of people) {
        const found = substituteOf(id, (each) => by.get(each))
        if (found === null) continue
        t.not(found, id)
        t.equal(by.get(found), here)
        t.not(by.get(id), here)
      }
    }),
    { numRuns: 300 }
  )
  t.end()
})
