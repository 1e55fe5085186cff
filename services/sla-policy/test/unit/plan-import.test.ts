import { readFileSync } from 'node:fs'
import t from 'tap'
import { planImport } from '../../src/ics/plan-import.ts'

const office = { timezone: 'Europe/Berlin', weekly: { mon: [['09:00', '17:00']] } } as const
const asked = { from: '2026-01-01', to: '2030-12-31' }

const fileOf = (name: string): Buffer => readFileSync(new URL(`../files/${name}.ics`, import.meta.url))
const calendarOf = (...lines: string[]): Buffer =>
  Buffer.from(['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n'))
const eventOf = (...lines: string[]): string[] => ['BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT']
const planOne = (lines: string[], range = asked) => planImport(calendarOf(...eventOf(...lines)), office, range)
const one = (...lines: string[]) => planOne(lines).events[0]!

t.test('a file in the shape of Outlook: names of Windows are zones, another name is refused by name', async (t) => {
  const { spec, events } = planImport(fileOf('outlook'), { ...office, timezone: 'Asia/Riyadh' }, asked)
  t.same(spec.holidays, ['2026-10-03'])
  t.same(spec.breaks, {
    '2026-12-24': [['14:00', '20:00']],
    '2027-12-24': [['14:00', '20:00']],
    '2028-12-24': [['14:00', '20:00']]
  }, 'noon in Berlin is two in the afternoon in Riyadh')
  t.same(events.map(({ result }) => result), ['added', 'added', 'refused'])
  t.equal(events[1]!.title, 'Christmas Eve, afternoon')
  t.equal(
    events[2]!.reason,
    'the zone "Customized Time Zone" is not known: neither a name of IANA nor of Windows'
  )
})

t.test('a file in the shape of Google: the last date of UNTIL is there, an EXDATE is not', async (t) => {
  const { spec, events } = planImport(fileOf('google'), { ...office, timezone: 'Asia/Riyadh' }, asked)
  t.same(spec.holidays, ['2026-09-23', '2027-03-09', '2027-03-10', '2027-03-11'])
  t.same(spec.breaks, { '2026-12-01': [['12:00', '15:00']], '2026-12-15': [['12:00', '15:00']] })
  t.match(events, [
    { result: 'added', title: 'اليوم الوطني' },
    { result: 'added' },
    { result: 'skipped', reason: 'it is cancelled' },
    { result: 'added', holidays: [], notes: [] }
  ])
})

t.test('a file in the shape of Apple: every year, the fourth Thursday, a moved and a missing day', async (t) => {
  const { spec, events } = planImport(fileOf('apple'), office, { from: '2026-01-01', to: '2028-12-31' })
  t.same(spec.yearlyHolidays, ['12-25'])
  t.same(spec.holidays, ['2026-01-02', '2026-11-26', '2027-11-25', '2028-01-01', '2028-11-23'])
  t.match(events, [
    { result: 'added', yearlyHolidays: ['12-25'], holidays: [], notes: [] },
    { result: 'added', notes: ['it repeats without end: taken up to 2028-12-31'] },
    { result: 'added', holidays: ['2028-01-01'] },
    { result: 'added', holidays: ['2026-01-02'] },
    { result: 'refused', reason: /ISLAMIC-UMALQURA/ }
  ])
})

t.test('what a calendar has stays, and what it has already is not new', async (t) => {
  const first = planImport(fileOf('apple'), { ...office, holidays: ['2026-05-01'] }, asked)
  t.ok(first.spec.holidays!.includes('2026-05-01'))
  const again = planImport(fileOf('apple'), first.spec, asked)
  t.same(again.spec, first.spec)
  t.notOk(again.events.some(({ result }) => result === 'added'))
  const opened = { ...office, overrides: { '2026-10-03': [['09:00', '12:00']] } } as const
  t.match(planImport(fileOf('outlook'), opened, asked).events[0], { notes: [/hours of 2026-10-03/] })
})

t.test('days: ends, lengths, dates that do not say so, the 29th of February', async (t) => {
  t.same(one('DTSTART;VALUE=DATE:20261231', 'DTEND;VALUE=DATE:20270102').holidays, ['2026-12-31', '2027-01-01'])
  t.same(one('DTSTART;VALUE=DATE:20261231', 'DTEND;VALUE=DATE:20261231').holidays, ['2026-12-31'])
  t.same(one('DTSTART;VALUE=DATE:20261231', 'DURATION:P2D').holidays, ['2026-12-31', '2027-01-01'])
  t.same(one('DTSTART:20260923').holidays, ['2026-09-23'])
  t.same(one('DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY').yearlyHolidays, ['02-29'])
  t.same(one('DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY;UNTIL=20301231').holidays, ['2028-02-29'])
  t.same(one('DTSTART;VALUE=DATE:20261231', 'DURATION:P2D', 'RRULE:FREQ=YEARLY').yearlyHolidays, ['12-31', '01-01'])
  t.same(
    one('DTSTART;VALUE=DATE:20250228', 'DURATION:P2D', 'RRULE:FREQ=YEARLY').holidays.slice(0, 4),
    ['2026-02-28', '2026-03-01', '2027-02-28', '2027-03-01'],
    'days that are others in leap years are dated'
  )
  t.same(
    one('DTSTART;VALUE=DATE:20260105', 'RDATE;VALUE=DATE:20260303,20260404').holidays,
    ['2026-01-05', '2026-03-03', '2026-04-04'],
    'a list of dates has its start in it'
  )
  t.same(
    one('DTSTART;VALUE=DATE:20260131', 'RRULE:FREQ=MONTHLY;COUNT=3').holidays,
    ['2026-01-31', '2026-03-31', '2026-05-31']
  )
})

t.test('times: nights, clocks that change, other zones, times without one', async (t) => {
  const berlin = (from: string, to: string, ...more: string[]) =>
    one(`DTSTART;TZID=Europe/Berlin:${from}`, `DTEND;TZID=Europe/Berlin:${to}`, ...more)
  t.same(berlin('20260310T220000', '20260312T060000'), {
    uid: '1',
    title: '',
    result: 'added',
    holidays: ['2026-03-11'],
    yearlyHolidays: [],
    breaks: [
      { date: '2026-03-10', from: '22:00', to: '24:00' },
      { date: '2026-03-12', from: '00:00', to: '06:00' }
    ],
    notes: [],
    reason: null
  })
  t.same(berlin('20260328T220000', '20260329T060000', 'RRULE:FREQ=DAILY;COUNT=2').breaks.slice(-2), [
    { date: '2026-03-29', from: '22:00', to: '24:00' },
    { date: '2026-03-30', from: '00:00', to: '06:00' }
  ], 'a night ends at six whatever the clocks do')
  t.same(one('DTSTART:20260701T080000Z', 'DURATION:PT90M').breaks, [{ date: '2026-07-01', from: '10:00', to: '11:30' }])
  t.same(berlin('20261025T023000', '20261025T040000').breaks, [{ date: '2026-10-25', from: '02:30', to: '04:00' }])
  const repeated = calendarOf(...eventOf('DTSTART;TZID=Europe/Berlin:20261025T023000', 'DURATION:PT1H'))
  t.same(
    planImport(repeated, { ...office, timezone: 'UTC' }, asked).spec.breaks,
    { '2026-10-25': [['00:30', '01:30']] },
    'a time that there is twice is the first of the two'
  )
  t.same(
    one('DTSTART;TZID=America/New_York:20260701T180000', 'DTEND;TZID=America/New_York:20260701T200000').breaks,
    [{ date: '2026-07-02', from: '00:00', to: '02:00' }]
  )
  t.match(one('DTSTART:20260701T080000', 'DURATION:PT1H'), {
    breaks: [{ from: '08:00', to: '09:00' }],
    notes: [/taken as times of Europe\/Berlin/]
  })
  const zoned = calendarOf('X-WR-TIMEZONE:Asia/Tokyo', ...eventOf('DTSTART:20260701T180000', 'DURATION:PT1H'))
  t.match(planImport(zoned, office, asked).events[0], { breaks: [{ from: '11:00', to: '12:00' }] })
  t.same(
    one(
      'DTSTART;TZID=Asia/Riyadh:20260601T090000',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;COUNT=3',
      'EXDATE:20260602T060000Z'
    ).breaks.map(({ date }) => date),
    ['2026-06-01', '2026-06-03'],
    'an exception in another zone'
  )
})

t.test('what cannot be taken is refused with its reason, and the others are read', async (t) => {
  const refused: Array<[RegExp, ...string[]]> = [
    [/no start/, 'SUMMARY:x'],
    [/no such time as 2026-02-30/, 'DTSTART;VALUE=DATE:20260230'],
    [/cannot be read/, 'DTSTART;VALUE=DATE:soon'],
    [/ends before it starts/, 'DTSTART;VALUE=DATE:20260203', 'DTEND;VALUE=DATE:20260201'],
    [/ends when it starts/, 'DTSTART:20260203T100000Z', 'DTEND:20260203T100000Z'],
    [/no end/, 'DTSTART:20260203T100000Z'],
    [/longer than 366 days/, 'DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20270103'],
    [/starts with a date and ends with a time/, 'DTSTART;VALUE=DATE:20260203', 'DTEND:20260203T100000Z'],
    [/repeats within a day \(HOURLY\)/, 'DTSTART;VALUE=DATE:20260203', 'RRULE:FREQ=HOURLY'],
    [/BYWEEKNO/, 'DTSTART;VALUE=DATE:20260203', 'RRULE:FREQ=YEARLY;BYWEEKNO=1'],
    [/BYMONTH of a DAILY rule/, 'DTSTART;VALUE=DATE:20260203', 'RRULE:FREQ=DAILY;BYMONTH=2'],
    [/a day that there never is/, 'DTSTART;VALUE=DATE:20260203', 'RRULE:FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31'],
    [/EXRULE/, 'DTSTART;VALUE=DATE:20260203', 'RRULE:FREQ=DAILY', 'EXRULE:FREQ=WEEKLY'],
    [/period/, 'DTSTART:20260203T100000Z', 'DURATION:PT1H', 'RDATE;VALUE=PERIOD:20260301T100000Z/PT1H']
  ]
  for (const [reason, ...lines] of refused) {
    const file = calendarOf(...eventOf(...lines), ...eventOf('DTSTART;VALUE=DATE:20260501'))
    t.match(planImport(file, office, asked).events, [{ result: 'refused', reason }, { result: 'added' }], lines.join())
  }
  t.match(one('DTSTART:20260203T100000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT'), { result: 'skipped', reason: /free/ })
  t.match(one('DTSTART;VALUE=DATE:20310101'), { result: 'skipped', reason: /from 2026-01-01 to 2030-12-31/ })
})

t.test('a file is bounded: events, repetitions without end and before what is asked for, listed dates', async (t) => {
  const events = (count: number) =>
    calendarOf(`${eventOf('DTSTART;VALUE=DATE:20260501').join('\r\n')}\r\n`.repeat(count).trim())
  t.equal(planImport(events(5_000), office, asked).events.length, 5_000)
  t.throws(() => planImport(events(100_000), office, asked), {
    message: 'the file has 100000 events; at most 5000 are taken at once'
  })
  t.match(one('DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=DAILY'), {
    holidays: { length: 1826 },
    notes: ['it repeats without end: taken up to 2030-12-31']
  })
  t.match(one('DTSTART;VALUE=DATE:16010101', 'RRULE:FREQ=DAILY'), {
    result: 'refused',
    reason: /more than 20000 times/
  })
  t.match(one('DTSTART;VALUE=DATE:15990101', 'RRULE:FREQ=YEARLY'), {
    result: 'refused',
    reason: /before the year 1600/
  })
  const dates = Array.from({ length: 1_001 }, () => '20260501').join()
  t.match(one('DTSTART;VALUE=DATE:20260101', `RDATE;VALUE=DATE:${dates}`), { result: 'refused', reason: /1001 dates/ })
})

t.test('what is no such file is refused and says how it begins', async (t) => {
  const refused: Array<[string | Buffer, RegExp]> = [
    ['<!DOCTYPE html>\n<html><body>Sign in</body></html>', /no line BEGIN:VCALENDAR, it begins with "<!DOCTYPE html>/],
    ['', /no line BEGIN:VCALENDAR$/],
    ['BEGIN:VCALENDAR\r\nEND:VCALENDAR', /has no events/],
    ['BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n', /ends within an event/],
    ['BEGIN:VCALENDAR\r\nnonsense\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR', /is no iCalendar file: /],
    [Buffer.from([0x42, 0xff, 0xfe]), /is not UTF-8/]
  ]
  for (const [file, detail] of refused) {
    t.throws(() => planImport(Buffer.from(file as string), office, asked), { message: detail }, String(file))
  }
  const two = Buffer.concat([calendarOf(...eventOf('DTSTART:20260501')), calendarOf(...eventOf('DTSTART:20260502'))])
  t.same(planImport(two, office, asked).spec.holidays, ['2026-05-01', '2026-05-02'])
})

t.test('a line that is folded within a letter', async (t) => {
  const [before, after] = [Buffer.from('SUMMARY:عيد').subarray(0, -1), Buffer.from('د').subarray(1)]
  const event = [Buffer.from('BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260501\r\n'), before, Buffer.from('\r\n '), after]
  const [start, end] = ['BEGIN:VCALENDAR\r\n', '\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'].map((text) => Buffer.from(text))
  t.equal(planImport(Buffer.concat([start!, ...event, end!]), office, asked).events[0]!.title, 'عيد')
})
