// Business-time arithmetic against the two JavaScript packages that come nearest, in the same run and by CPU time, so
// that other work on the machine disturbs neither figure nor ratio much.
// DUELINE_BENCH_README=1 npm run bench -- business-time   also writes the table of the package's README.
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Calendar, type CalendarSpec, compileCalendar, type Micros, parseInstant } from '@dueline/business-time'
import { writeTable } from './business-time-parts/readme-table.ts'
import type { Result } from './scenario.ts'

export const name = 'business-time'

const DAY = 86_400_000_000
const FIRST_YEAR = 2015
const BEGIN = parseInstant(`${FIRST_YEAR}-01-01T00:00:00Z`)
const NINE_TO_FIVE = [['09:00', '17:00']] as const
const WEEKLY = { mon: NINE_TO_FIVE, tue: NINE_TO_FIVE, wed: NINE_TO_FIVE, thu: NINE_TO_FIVE, fri: NINE_TO_FIVE }
const HOLIDAYS = Array.from(
  { length: 25 },
  (_, year) =>
    ['01-01', '01-20', '02-17', '05-26', '06-19', '07-04', '09-01', '10-13', '11-11', '12-25'].map((day) =>
      `${FIRST_YEAR + year}-${day}`
    )
).flat()
const NEW_YORK: CalendarSpec = { timezone: 'America/New_York', weekly: WEEKLY, holidays: HOLIDAYS }
const ZONES = [
  'Europe/Berlin',
  'Europe/London',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Antarctica/Troll',
  'Pacific/Apia',
  'Africa/Monrovia',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Asia/Gaza',
  'Asia/Tokyo',
  'Pacific/Chatham',
  'Africa/Cairo'
]

/** What is asked: `spans` starts anywhere in two years, `far` starts and ends anywhere in twenty. */
const COUNT = 1 << 13
const random = generator(20261121)
const spans = questions((start) => start + 90 * DAY, 2)
const far = questions(() => BEGIN + Math.floor(random() * 20 * 365 * DAY), 20)

interface Questions {
  starts: Float64Array
  ends: Float64Array
  durations: Float64Array
}

export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  process.env.TZ = 'America/New_York'
  const rounds = quick ? 40 : 400
  const calendar = compileCalendar(NEW_YORK)
  const figures: Record<string, number> = {
    addMillionsPerSecond: best(rounds, spans, (asked) => addAll(calendar, asked)) / 1e6,
    diffMillionsPerSecond: best(rounds, spans, (asked) => diffAll(calendar, asked)) / 1e6,
    addFarMillionsPerSecond: best(rounds, far, (asked) => addAll(calendar, asked)) / 1e6,
    diffFarMillionsPerSecond: best(rounds, far, (asked) => diffAll(calendar, asked)) / 1e6,
    bytesPerAdd: bytesPerCall(() => addAll(calendar, spans)),
    bytesPerDiff: bytesPerCall(() => diffAll(calendar, spans)),
    zoneFirstUseMs: median(ZONES.map(firstUseMs)),
    ...compileFigures(quick)
  }
  Object.assign(figures, ratios(figures, quick ? 1 : 8))
  if (process.env.DUELINE_BENCH_README === '1') writeTable(figures, targets)
  return { figures, targets }
}

const targets = {
  addMillionsPerSecond: { atLeast: 10 },
  diffMillionsPerSecond: { atLeast: 10 },
  addFarMillionsPerSecond: { atLeast: 5 },
  diffFarMillionsPerSecond: { atLeast: 5 },
  bytesPerAdd: { atMost: 16 },
  bytesPerDiff: { atMost: 1 },
  zoneFirstUseMs: { atMost: 3 },
  compileUs: { atMost: 250 },
  retainedKiB: { atMost: 64 },
  retainedKiBOf10000: { atMost: 64 },
  addTimesDayjs: { atLeast: 500 },
  diffTimesDayjs: { atLeast: 500 },
  addTimesLuxon: { atLeast: 500 },
  diffTimesLuxon: { atLeast: 500 }
}

function questions (end: (start: Micros) => Micros, years: number): Questions {
  const calendar = compileCalendar(NEW_YORK)
  const from = years === 2 ? parseInstant('2025-01-01T00:00:00Z') : BEGIN
  const starts = Float64Array.from({ length: COUNT }, () => from + Math.floor(random() * years * 365 * DAY))
  const ends = starts.map(end)
  return { starts, ends, durations: starts.map((start, i) => calendar.diff(start, ends[i]!)) }
}

function addAll (calendar: Calendar, { starts, durations }: Questions): number {
  let sum = 0
  for (let i = 0; i < COUNT; i++) sum += calendar.add(starts[i]!, durations[i]!)!
  return sum
}

function diffAll (calendar: Calendar, { starts, ends }: Questions): number {
  let sum = 0
  for (let i = 0; i < COUNT; i++) sum += calendar.diff(starts[i]!, ends[i]!)
  return sum
}

/** Answers per second of CPU time in the best of `rounds` rounds, each of several passes over the questions. */
function best (rounds: number, asked: Questions, answerAll: (asked: Questions) => number): number {
  const passes = 8
  let leastUs = Infinity
  let sink = 0
  for (let round = 0; round < rounds; round++) {
    const begunUs = cpuUs()
    for (let pass = 0; pass < passes; pass++) sink += answerAll(asked)
    leastUs = Math.min(leastUs, cpuUs() - begunUs)
  }
  if (Number.isNaN(sink)) throw new Error('an answer was missing')
  return COUNT * passes / leastUs * 1e6
}

/**
 * What `add` answers may stay boxed, 16 bytes, as it may be null. What measuring itself leaves on the heap does not
 * count.
 */
function bytesPerCall (callAll: () => number): number {
  return Math.max(0, leastBytes(callAll) - leastBytes(() => 0)) / COUNT / 20
}

/** The best of ten rounds, since the engine boxes numbers until it has compiled a loop. */
function leastBytes (callAll: () => number): number {
  let least = Infinity
  for (let round = 0; round < 10; round++) {
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    for (let pass = 0; pass < 20; pass++) callAll()
    least = Math.min(least, process.memoryUsage().heapUsed - before)
  }
  return least
}

function firstUseMs (timezone: string): number {
  const begunUs = cpuUs()
  compileCalendar({ timezone, weekly: WEEKLY }).add(parseInstant('2026-03-01T00:00:00Z'), 3_600_000_000)
  return (cpuUs() - begunUs) / 1000
}

/** Compiles distinct calendars of 250 holidays and uses each once: time for both, and what each keeps. */
function compileFigures (quick: boolean): Record<string, number> {
  const now = parseInstant('2026-03-01T00:00:00Z')
  const compileOne = (i: number): Calendar => {
    const saturday = [[
      '10:00',
      `${11 + i % 12}:${String(i % 60).padStart(2, '0')}:${String(Math.floor(i / 60) % 60).padStart(2, '0')}`
    ]] as const
    return compileCalendar({ ...NEW_YORK, weekly: { ...WEEKLY, sat: saturday } })
  }
  const compileTimes: number[] = []
  const useTimes: number[] = []
  const compiled: Calendar[] = []
  const half = quick ? 500 : 5000
  const memory = [retainedBytes()]
  for (let part = 0; part < 2; part++) {
    for (let i = 0; i < half / 50; i++) {
      const begunUs = cpuUs()
      for (let j = 0; j < 50; j++) compiled.push(compileOne(compiled.length))
      const compiledUs = cpuUs()
      for (const calendar of compiled.slice(-50)) calendar.add(now, 3_600_000_000)
      compileTimes.push((compiledUs - begunUs) / 50)
      useTimes.push((cpuUs() - compiledUs) / 50)
    }
    memory.push(retainedBytes())
  }
  return {
    compileUs: median(compileTimes),
    calendarFirstUseUs: median(useTimes),
    retainedKiB: (memory[1]! - memory[0]!) / half / 1024,
    retainedKiBOf10000: (memory[2]! - memory[0]!) / half / 2048
  }
}

/** How many times as many answers a second as the peers give to the same questions. */
function ratios (figures: Record<string, number>, answers: number): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [peer, load] of [['Dayjs', dayjsBusinessTime], ['Luxon', luxonBusinessDays]] as const) {
    try {
      const { add, diff } = load()
      const addPerSecond = peerRate(answers, add, 'durations')
      const diffPerSecond = peerRate(answers, diff, 'ends')
      found[`add${peer}PerSecond`] = addPerSecond
      found[`diff${peer}PerSecond`] = diffPerSecond
      found[`addTimes${peer}`] = figures.addMillionsPerSecond! * 1e6 / addPerSecond
      found[`diffTimes${peer}`] = figures.diffMillionsPerSecond! * 1e6 / diffPerSecond
    } catch (error) {
      if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error
      console.error(`business-time: a peer is not installed: ${(error as Error).message.split('\n')[0]}`)
    }
  }
  return found
}

type Answer = (start: Micros, other: Micros) => number

function peerRate (rounds: number, answer: Answer, other: 'ends' | 'durations'): number {
  const each = 24
  let leastUs = Infinity
  for (let round = 0; round < rounds + 1; round++) {
    const begunUs = cpuUs()
    for (let i = 0; i < each; i++) {
      if (!Number.isFinite(answer(spans.starts[i]!, spans[other][i]!))) throw new Error('a peer gave no answer')
    }
    leastUs = Math.min(leastUs, cpuUs() - begunUs)
  }
  return each / leastUs * 1e6
}

/** dayjs-business-time as its README shows it: minutes, in the zone of the process. */
function dayjsBusinessTime (): { add: Answer, diff: Answer } {
  const dayjs = peer('dayjs')
  const plugin = peer('dayjs-business-time')
  dayjs.extend(plugin.default ?? plugin)
  const day = [{ start: '09:00:00', end: '17:00:00' }]
  dayjs.setBusinessTime({
    sunday: null,
    monday: day,
    tuesday: day,
    wednesday: day,
    thursday: day,
    friday: day,
    saturday: null
  })
  dayjs.setHolidays(HOLIDAYS)
  return {
    add: (start, d) => dayjs(start / 1000).addBusinessMinutes(Math.round(d / 60_000_000)).valueOf(),
    diff: (a, b) => dayjs(b / 1000).businessMinutesDiff(dayjs(a / 1000))
  }
}

/** luxon-business-days knows days; hours are cut from them in a walk from day to day. */
function luxonBusinessDays (): { add: Answer, diff: Answer } {
  const { DateTime } = peer('luxon-business-days')
  const holidays = new Set(HOLIDAYS)
  const at = (t: Micros): any => {
    const start = DateTime.fromMillis(t / 1000, { zone: NEW_YORK.timezone })
    start.setupBusiness({ holidayMatchers: [(day: any) => holidays.has(day.toISODate())] })
    return start
  }
  const hours = (day: any): [number, number] =>
    day.isBusinessDay() && !day.isHoliday()
      ? [
        day.set({ hour: 9, minute: 0, second: 0, millisecond: 0 }).toMillis(),
        day.set({ hour: 17, minute: 0, second: 0, millisecond: 0 }).toMillis()
      ]
      : [0, 0]
  return {
    add: (t, d) => {
      let left = d / 1000
      for (let day = at(t);; day = day.plus({ days: 1 })) {
        const [open, close] = hours(day)
        const from = Math.max(open, t / 1000)
        if (close > from && close - from >= left) return from + left
        left -= Math.max(0, close - from)
      }
    },
    diff: (a, b) => {
      let total = 0
      for (let day = at(a); day.startOf('day').toMillis() < b / 1000; day = day.plus({ days: 1 })) {
        const [open, close] = hours(day)
        total += Math.max(0, Math.min(close, b / 1000) - Math.max(open, a / 1000))
      }
      return total
    }
  }
}

/** Peers are CommonJS, have no types that fit, and may be absent. */
function peer (name: string): any {
  return createRequire(import.meta.url)(name)
}

function cpuUs (): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

function collectGarbage (): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

function retainedBytes (): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function median (values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

/** A linear congruential generator: the same questions in every run. */
function generator (seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state / 0x80000000
  }
}
