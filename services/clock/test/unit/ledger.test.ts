import assert from 'node:assert/strict'
import { compileCalendar } from '@dueline/business-time'
import fc from 'fast-check'
import t from 'tap'
import { explain, outlineOf } from '../../src/domain/explanation.ts'
import { fold } from '../../src/domain/fold.ts'
import { firstLines, ledgerOf } from '../../src/domain/ledger.ts'
import { calendars, randomFacts, randomAgreements, theEnd } from './random-timeline.ts'
import { at, clockOf, HOUR, MINUTE, nine, agreementVersion, roundTheClock, Timeline } from './timeline-builder.ts'

const runs = { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 400) }

t.test('lines follow each other without gaps, and add up to what the clock consumed', async (t) => {
  fc.assert(
    fc.property(randomFacts, randomAgreements, (facts, agreementVersions) => {
      const { clocks, asOf } = fold({ facts, agreementVersions, calendars, asOf: theEnd })
      for (const clock of clocks) {
        const lines = [...ledgerOf(clock, calendars, asOf)]
        assert.equal(lines[0]!.from, clock.startedAt)
        assert.equal(lines.at(-1)!.to, null)
        for (const [index, line] of lines.entries()) if (index > 0) assert.equal(lines[index - 1]!.to, line.from)
        const consumed = (all: ReadonlyArray<{ consumed: number }>): number =>
          all.reduce((sum, each) => sum + each.consumed, 0)
        assert.equal(consumed(lines), consumed(clock.segments))
      }
    }),
    runs
  )
  t.pass()
})

t.test('pages of any length are the whole ledger', async (t) => {
  fc.assert(
    fc.property(randomFacts, randomAgreements, fc.integer({ min: 1, max: 7 }), (facts, agreementVersions, size) => {
      const { clocks, asOf } = fold({ facts, agreementVersions, calendars, asOf: theEnd })
      for (const clock of clocks) {
        const pages = []
        for (let page = firstLines(ledgerOf(clock, calendars, asOf), size); page.length > 0;) {
          pages.push(...page)
          page = firstLines(ledgerOf(clock, calendars, asOf, page.at(-1)!.from), size)
        }
        assert.deepEqual(pages, [...ledgerOf(clock, calendars, asOf)])
      }
    }),
    runs
  )
  t.pass()
})

t.test('a page costs its lines, not the years of the clock', async (t) => {
  const calendar = compileCalendar({ timezone: 'UTC', weekly: { mon: [['09:00', '17:00']] } })
  let asked = 0
  const counting = {
    add: calendar.add.bind(calendar),
    diff: calendar.diff.bind(calendar),
    *openIntervals (from: number, to: number) {
      for (const interval of calendar.openIntervals(from, to)) {
        asked++
        yield interval
      }
    }
  }
  const clock = clockOf(new Timeline().created(), agreementVersion({ calendarId: 'c' }), at(24 * 7 * 500), {
    calendars: () => counting
  })
  firstLines(ledgerOf(clock, () => counting, at(24 * 7 * 500), at(24 * 7 * 400)), 10)
  t.ok(asked <= 10, `${asked} of 500 weeks`)
})

t.test('an explanation of many spans shows the first and the last, and counts all', async (t) => {
  const timeline = new Timeline().created()
  for (let i = 1; i <= 499; i++) timeline.assign(nine + i * MINUTE, `agent-${i}`)
  const clock = clockOf(timeline, agreementVersion({ targets: { resolution: HOUR } }), at(10), {
    calendars: roundTheClock
  })
  const { first, left, last } = outlineOf(clock)
  t.same([first.length, left, last.length], [100, 300, 100])
  const lines = explain(clock, { rowName: 'R', policyVersion: 1 }, null, at(10), { language: 'en', timeZone: 'UTC' })
  t.equal(lines.length, 2 + 100 + 1 + 100 + 2)
  t.match(lines[102], /^Then came 300 more spans/)
  t.match(lines.at(-2), /Together 10 hours of 1 hour are used: 9 hours too much/)
  const few = clockOf(new Timeline().created().assign(at(1), 'a'), agreementVersion(), at(2))
  t.match(outlineOf(few), { left: 0, last: [] })
})
