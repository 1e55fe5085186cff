import { readFileSync } from 'node:fs'
import { compileCalendar, parseInstant, type CalendarSpec } from '@dueline/business-time'
import t from 'tap'
import { clockOf, agreementVersion, Timeline } from './timeline-builder.ts'
import { consumedAt } from '../../src/domain/snapshot.ts'

interface Case {
  id: string
  calendar: CalendarSpec
  op: 'clockDeadline' | 'clockElapsed'
  start: string
  pauses: [string, string | null][]
  us?: number
  end?: string
  expected: string | number
  expected_us?: number
}

const cases = JSON.parse(readFileSync(new URL('clock-cases.json', import.meta.url), 'utf8')) as Case[]

for (const { id, calendar, op, start, pauses, us, end, expected, expected_us: expectedUs } of cases) {
  t.test(`${op} ${id}`, async (t) => {
    const compiled = compileCalendar(calendar)
    const calendars = () => compiled
    const timeline = new Timeline().created(parseInstant(start))
    for (const [from, to] of pauses) {
      timeline.status(parseInstant(from), 'waiting_on_customer')
      if (to !== null) timeline.status(parseInstant(to), 'open')
    }
    if (op === 'clockDeadline') {
      const clock = clockOf(
        timeline,
        agreementVersion({ targets: { resolution: us! }, calendarId: 'c' }),
        parseInstant('2040-01-01T00:00:00Z'),
        { calendars }
      )
      t.equal(clock.breachedAt, parseInstant(expected as string))
    } else {
      const until = parseInstant(end!)
      // the measured span may end before the last pause: what comes later must not be known
      const known = new Timeline()
      known.facts.push(...timeline.facts.filter((fact) => fact.at <= until))
      const clock = clockOf(known, agreementVersion({ calendarId: 'c' }), until, { calendars })
      t.equal(consumedAt(clock, until, calendars), expectedUs)
    }
  })
}
