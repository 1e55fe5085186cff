import { readFileSync } from 'node:fs'
import t from 'tap'
import { type Calendar, type CalendarSpec, compileCalendar, parseInstant } from '../../src/index.ts'

interface Vector {
  id: string
  op: string
  calendar: CalendarSpec
  start: string
  end?: string
  us?: number
  pauses?: Array<[string, string | null]>
  expected: string | boolean | number | null
  expected_us?: number
  /** What the answer is with this release of the zone data and newer ones: a country has changed its law. */
  expectedSince?: Record<string, string>
}

type Sections = Record<'vectors' | 'random' | 'extra' | 'clocks', Vector[]>

const file = JSON.parse(readFileSync(new URL('../vectors/business-time.json', import.meta.url), 'utf8')) as Sections
const compiled = new Map<string, Calendar>()
const zoneData = process.versions['tz'] ?? ''

for (const section of ['vectors', 'random', 'extra', 'clocks'] as const) {
  t.test(section, (t) => {
    for (const vector of file[section]) t.equal(answer(vector), expected(vector), `${vector.id} ${vector.op}`)
    t.comment(`${file[section].length} vectors`)
    t.end()
  })
}

function answer (vector: Vector): number | boolean | null {
  const calendar = calendarOf(vector.calendar)
  const start = parseInstant(vector.start)
  switch (vector.op) {
    case 'add':
      return calendar.add(start, vector.us!)
    case 'diff':
      return calendar.diff(start, parseInstant(vector.end!))
    case 'isOpen':
      return calendar.isOpen(start)
    case 'nextOpen':
      return calendar.nextOpen(start)
    case 'nextClose':
      return calendar.nextClose(start)
    case 'prevClose':
      return calendar.previousClose(start)
    case 'clockElapsed':
      return elapsed(calendar, vector, start, parseInstant(vector.end!))
    case 'clockDeadline':
      return deadline(calendar, vector, start)
    default:
      throw new Error(`unknown operation ${vector.op}`)
  }
}

function elapsed (calendar: Calendar, vector: Vector, start: number, end: number): number {
  let running = start
  let total = 0
  for (const [from, to] of vector.pauses!) {
    const pausedAt = Math.min(parseInstant(from), end)
    if (pausedAt > running) total += calendar.diff(running, pausedAt)
    running = Math.max(running, to === null ? end : Math.min(parseInstant(to), end))
  }
  return total + calendar.diff(running, end)
}

function deadline (calendar: Calendar, vector: Vector, start: number): number | null {
  let running = start
  let left = vector.us!
  for (const [from, to] of vector.pauses!) {
    const due = calendar.add(running, left)
    if (due !== null && due <= parseInstant(from)) return due
    left -= calendar.diff(running, Math.max(running, parseInstant(from)))
    if (to === null) return null
    running = Math.max(running, parseInstant(to))
  }
  return calendar.add(running, left)
}

function expected (vector: Vector): number | boolean | null {
  const changed = Object.entries(vector.expectedSince ?? {}).findLast(([release]) => zoneData >= release)
  if (changed !== undefined) return parseInstant(changed[1])
  if (vector.expected_us !== undefined) return vector.expected_us
  return typeof vector.expected === 'string' ? parseInstant(vector.expected) : vector.expected
}

function calendarOf (spec: CalendarSpec): Calendar {
  const key = JSON.stringify(spec)
  let calendar = compiled.get(key)
  if (calendar === undefined) {
    calendar = compileCalendar(spec)
    compiled.set(key, calendar)
  }
  return calendar
}
