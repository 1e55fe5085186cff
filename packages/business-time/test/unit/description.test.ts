import t from 'tap'
import {
  ALWAYS_OPEN,
  type CalendarSpec,
  compileCalendar,
  describe,
  describeDuration,
  intersectionOf,
  unionOf,
  withClosures
} from '../../src/index.ts'

const day: CalendarSpec['weekly'][keyof CalendarSpec['weekly']] = [['09:00', '17:00']]
const office: CalendarSpec = {
  timezone: 'Europe/Berlin',
  weekly: { mon: day, tue: day, wed: day, thu: day, fri: [['09:00', '15:30']] },
  weeklyBreaks: { mon: [['12:00', '13:00']] }
}
const riyadh: CalendarSpec = {
  timezone: 'Asia/Riyadh',
  weekly: { sun: day, mon: day, tue: day, wed: day, thu: day, fri: [['22:00', '06:00']], sat: [['08:00', '24:00']] }
}

t.test('English', (t) => {
  t.equal(
    describe(office, 'en'),
    'Monday: 9:00 AM to 12:00 PM, 1:00 PM to 5:00 PM; Tuesday to Thursday: 9:00 AM to 5:00 PM; Friday: ' +
      '9:00 AM to 3:30 PM; Saturday and Sunday: closed (Europe/Berlin)'
  )
  t.equal(
    describe(riyadh, 'en-GB'),
    'Sunday to Thursday: 9:00 to 17:00; Friday: 22:00 to 6:00 the next day; Saturday: 8:00 to midnight (Asia/Riyadh)'
  )
  t.equal(describe(ALWAYS_OPEN, 'en'), 'Every day: open 24 hours (UTC)')
  t.equal(describe({ timezone: 'UTC', weekly: {} }, 'en'), 'Every day: closed (UTC)')
  t.equal(
    describe({ timezone: 'UTC', weekly: { mon: day, wed: day, fri: day } }, 'en-GB'),
    'Monday, Wednesday and Friday: 9:00 to 17:00; Tuesday, Thursday, Saturday and Sunday: closed (UTC)'
  )
  t.equal(
    describe({ timezone: 'UTC', weekly: { mon: day, tue: day, wed: day, fri: day } }, 'en-GB'),
    'Monday to Wednesday and Friday: 9:00 to 17:00; Thursday, Saturday and Sunday: closed (UTC)'
  )
  t.equal(
    describe({
      timezone: 'UTC',
      weekly: { tue: [['09:00:30', '17:00:00.25']], mon: [['22:00', '06:00']] },
      weeklyBreaks: { tue: [['01:00', '02:00']], sun: [['23:00', '22:30']] }
    }, 'en-GB'),
    'Monday: 22:30 to 1:00 the next day, 2:00 to 6:00 the next day; Tuesday: 9:00:30 to 17:00:00.250; ' +
      'Wednesday to Sunday: closed (UTC)'
  )
  t.end()
})

t.test('a compiled calendar, and those that follow no pattern', (t) => {
  const berlin = compileCalendar({ ...office, holidays: ['2026-01-01'] })
  t.equal(describe(berlin, 'en'), describe(office, 'en'))
  t.equal(describe(withClosures(berlin, [{ from: 5, to: 6 }]), 'ar'), describe(office, 'ar'))
  for (const combination of [unionOf(berlin, berlin), intersectionOf(berlin)]) {
    t.throws(() => describe(combination, 'en'), TypeError)
  }
  t.end()
})

t.test('Arabic', (t) => {
  t.equal(
    describe(office, 'ar'),
    'الاثنين: من 9:00 ص إلى 12:00 م، من 1:00 م إلى 5:00 م؛ من الثلاثاء إلى الخميس: من 9:00 ص إلى 5:00 م؛ الجمعة: ' +
      'من 9:00 ص إلى 3:30 م؛ السبت والأحد: مغلق (Europe/Berlin)'
  )
  t.equal(
    describe(riyadh, 'ar-EG'),
    'من الأحد إلى الخميس: من ٩:٠٠ ص إلى ٥:٠٠ م؛ الجمعة: من ١٠:٠٠ م إلى ٦:٠٠ ص في اليوم التالي؛ السبت: ' +
      'من ٨:٠٠ ص إلى منتصف الليل (Asia/Riyadh)'
  )
  t.equal(describe(ALWAYS_OPEN, 'ar'), 'كل يوم: مفتوح على مدار الساعة (UTC)')
  t.end()
})

t.test('durations', (t) => {
  const second = 1_000_000
  const expected: [number, string, string][] = [
    [0, '0 seconds', '0 seconds'],
    [99_999, '0 seconds', '0 seconds'],
    [59.99 * second, '59.9 seconds', '59.9 seconds'],
    [60 * second, '1 minute', '1 minute'],
    [3_599.9 * second, '59 minutes, 59 seconds', '59 minutes, 59 seconds'],
    [3_605 * second, '1 hour, 5 seconds', '1 hour'],
    [5_345 * second, '1 hour, 29 minutes, 5 seconds', '1 hour, 29 minutes'],
    [360_000 * second, '100 hours', '100 hours']
  ]
  for (const [duration, three, two] of expected) {
    t.same([describeDuration(duration, 'en'), describeDuration(duration, 'en', 2)], [three, two])
  }
  t.match(describeDuration(3_600 * second, 'ar'), 'ساعة')
  for (const bad of [-1, 0.5, Number.NaN]) t.throws(() => describeDuration(bad, 'en'), RangeError)
  t.end()
})
