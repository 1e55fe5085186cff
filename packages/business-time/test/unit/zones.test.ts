import t from 'tap'
import { type CalendarSpec, compileCalendar, formatInstant, isZoneName, parseInstant } from '../../src/index.ts'

const everyDay = (from: string, to: string): CalendarSpec['weekly'] =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [[from, to]]]))

/** Open intervals between two instants, as text without decimals. */
function stretches (timezone: string, from: string, to: string, weekly = everyDay('01:00', '03:00')): string[] {
  const calendar = compileCalendar({ timezone, weekly })
  const short = (t: number): string => formatInstant(t).replace(':00.000000Z', '')
  return Array.from(
    calendar.openIntervals(parseInstant(from), parseInstant(to)),
    (open) => `${short(open.from)} ${short(open.to)}`
  )
}

t.test('odd zones', (t) => {
  t.same(stretches('America/New_York', '2026-03-08T00:00:00Z', '2026-03-09T00:00:00Z'), [
    '2026-03-08T06:00 2026-03-08T07:00'
  ], 'an hour is skipped')
  t.same(stretches('America/New_York', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'), [
    '2026-11-01T05:00 2026-11-01T08:00'
  ], 'an hour is repeated')
  t.same(stretches('America/New_York', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', everyDay('01:15', '01:30')), [
    '2026-11-01T05:15 2026-11-01T05:30',
    '2026-11-01T06:15 2026-11-01T06:30'
  ], 'a repeated quarter is open twice')
  t.same(stretches('Australia/Lord_Howe', '2026-04-04T00:00:00Z', '2026-04-05T00:00:00Z'), [
    '2026-04-04T14:00 2026-04-04T16:30'
  ], 'half an hour is repeated')
  t.same(stretches('Australia/Lord_Howe', '2026-10-03T00:00:00Z', '2026-10-04T00:00:00Z'), [
    '2026-10-03T14:30 2026-10-03T16:00'
  ], 'half an hour is skipped')
  t.same(stretches('Antarctica/Troll', '2026-03-29T00:00:00Z', '2026-03-29T12:00:00Z', everyDay('00:30', '04:00')), [
    '2026-03-29T00:30 2026-03-29T02:00'
  ], 'two hours are skipped')
  t.same(stretches('Africa/Casablanca', '2012-07-20T00:00:00Z', '2012-07-20T12:00:00Z'), [
    '2012-07-20T00:00 2012-07-20T03:00'
  ], 'an hour is repeated for Ramadan')
  t.same(
    stretches('Pacific/Apia', '2011-12-29T00:00:00Z', '2012-01-01T00:00:00Z', {
      fri: [['00:00', '24:00']],
      sat: [['09:00', '10:00']]
    }),
    ['2011-12-30T19:00 2011-12-30T20:00'],
    'a Friday that never was is not open'
  )
  t.same(
    stretches('Pacific/Kwajalein', '1993-08-19T00:00:00Z', '1993-08-24T00:00:00Z', {
      sat: [['00:00', '24:00']],
      sun: [['00:00', '01:00']]
    }),
    ['1993-08-21T12:00 1993-08-21T13:00'],
    'a Saturday that never was'
  )
  t.same(stretches('Africa/Monrovia', '1972-01-06T00:00:00Z', '1972-01-09T00:00:00Z', everyDay('00:00', '01:00')), [
    '1972-01-06T00:44:30.000000Z 1972-01-06T01:44:30.000000Z',
    '1972-01-07T00:44:30.000000Z 1972-01-07T01:00',
    '1972-01-08T00:00 1972-01-08T01:00'
  ], 'an offset with seconds')
  t.same(stretches('Asia/Kathmandu', '1985-12-31T00:00:00Z', '1986-01-01T12:00:00Z', everyDay('00:00', '01:00')), [
    '1985-12-31T18:30 1985-12-31T19:15'
  ], 'a quarter of an hour is skipped at midnight')
  t.same(stretches('Pacific/Kiritimati', '1979-10-01T00:00:00Z', '1979-10-02T00:00:00Z', everyDay('00:30', '01:00')), [
    '1979-10-01T10:40 1979-10-01T11:00'
  ], 'forty minutes are skipped, at no half-hour of UTC')
  t.same(
    stretches('Asia/Gaza', '2040-10-20T00:00:00Z', '2040-10-28T12:00:00Z', {
      sun: [['12:00', '13:00']],
      fri: [['12:00', '13:00']]
    }),
    ['2040-10-21T09:00 2040-10-21T10:00', '2040-10-26T09:00 2040-10-26T10:00', '2040-10-28T10:00 2040-10-28T11:00'],
    'changes a week apart'
  )
  t.same(
    stretches('America/New_York', '2254-11-02T00:00:00Z', '2254-11-08T00:00:00Z', {
      sun: [['12:00', '13:00']],
      sat: [['12:00', '13:00']]
    }),
    ['2254-11-04T16:00 2254-11-04T17:00', '2254-11-05T17:00 2254-11-05T18:00'],
    'rules go on to the end of the range'
  )
  t.end()
})

t.test('a Monday off where clocks are ahead of their July time', (t) => {
  for (
    const [timezone, from, to] of [
      ['Pacific/Auckland', '2026-01-25T11:00:00.000000Z', '2026-01-26T11:00:00.000000Z'],
      ['America/Santiago', '2026-01-26T03:00:00.000000Z', '2026-01-27T03:00:00.000000Z']
    ] as const
  ) {
    const calendar = compileCalendar({ timezone, weekly: everyDay('00:00', '24:00'), holidays: ['2026-01-26'] })
    t.equal(formatInstant(calendar.nextClose(parseInstant('2026-01-20T00:00:00Z'))!), from)
    t.equal(formatInstant(calendar.nextOpen(parseInstant(from))!), to)
  }
  t.end()
})

t.test('clocks go back just after a block of offsets that was read by itself', (t) => {
  const vaduz = compileCalendar({ timezone: 'Europe/Vaduz', weekly: everyDay('00:00', '24:00') })
  t.equal(formatInstant(vaduz.addWorkingDays(parseInstant('2025-10-01T10:00:00Z'), 30)!), '2025-10-31T11:00:00.000000Z')
  t.end()
})

t.test('the data version is that of the platform', (t) => {
  t.equal(compileCalendar({ timezone: 'UTC', weekly: {} }).zoneDataVersion, process.versions.tz)
  t.equal(compileCalendar({ timezone: 'asia/calcutta', weekly: {} }).timezone, 'asia/calcutta')
  t.end()
})

t.test('holidays, overrides and breaks around midnight', (t) => {
  const night: CalendarSpec = { timezone: 'UTC', weekly: everyDay('22:00', '06:00') }
  const open = (spec: Partial<CalendarSpec>): string[] =>
    Array.from(
      compileCalendar({ ...night, ...spec }).openIntervals(
        parseInstant('2026-01-05T12:00:00Z'),
        parseInstant('2026-01-07T12:00:00Z')
      ),
      ({ from, to }) => `${formatInstant(from).slice(8, 16)} ${formatInstant(to).slice(8, 16)}`
    )
  t.same(open({}), ['05T22:00 06T06:00', '06T22:00 07T06:00'])
  t.same(
    open({ holidays: ['2026-01-06'] }),
    ['05T22:00 06T00:00', '07T00:00 07T06:00'],
    'a holiday closes its date and no more'
  )
  t.same(
    open({ overrides: { '2026-01-06': [] } }),
    ['05T22:00 06T06:00'],
    'an override replaces what starts on its date'
  )
  t.same(open({ overrides: { '2026-01-06': [['20:00', '02:00']] } }), ['05T22:00 06T06:00', '06T20:00 07T02:00'])
  t.same(open({ overrides: { '2026-01-06': [['20:00', '02:00']] }, holidays: ['2026-01-06'] }), [
    '05T22:00 06T00:00',
    '07T00:00 07T02:00'
  ])
  t.same(open({ breaks: { '2026-01-05': [['23:00', '01:00']] } }), [
    '05T22:00 05T23:00',
    '06T01:00 06T06:00',
    '06T22:00 07T06:00'
  ], 'a break runs past midnight too')
  t.same(open({ weeklyBreaks: { tue: [['23:00', '01:00']] }, overrides: { '2026-01-06': [['21:00', '02:00']] } }), [
    '05T22:00 06T06:00',
    '06T21:00 06T23:00',
    '07T01:00 07T02:00'
  ], 'weekly breaks hold on overridden dates')
  t.end()
})

t.test('which names are zones', (t) => {
  for (const name of ['Europe/Berlin', 'europe/berlin', 'UTC', 'Etc/GMT+3', 'America/Argentina/Buenos_Aires', 'EST']) {
    t.ok(isZoneName(name), name)
  }
  for (const name of ['', 'Mars/Base', 'Europe', '+01:00', 'GMT+1', 'BST', 'Europe/Berlin ']) {
    t.notOk(isZoneName(name), name)
  }
  t.end()
})
