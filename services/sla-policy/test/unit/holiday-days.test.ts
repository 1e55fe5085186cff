import t from 'tap'
import { holidayDays } from '../../src/domain/holiday-days.ts'

const at = (text: string) => new Date(text)

t.test('a day, in whole', (t) => {
  t.same(
    holidayDays({
      date: '2026-02-22 00:00:00',
      start: at('2026-02-21T21:00:00Z'),
      end: at('2026-02-22T21:00:00Z'),
      name: 'Founding Day',
      rule: '02-22 since 2022'
    }),
    { name: 'Founding Day', expected: false, dates: ['2026-02-22'], parts: [] }
  )
  t.end()
})

t.test('four days that are said to begin at sunset begin at midnight', (t) => {
  t.same(
    holidayDays({
      date: '2026-03-19 00:00:00 -0600',
      start: at('2026-03-18T15:00:00Z'),
      end: at('2026-03-22T15:00:00Z'),
      name: 'Eid al-Fitr',
      rule: '30 Ramadan P4D'
    }),
    { name: 'Eid al-Fitr', expected: true, dates: ['2026-03-19', '2026-03-20', '2026-03-21', '2026-03-22'], parts: [] }
  )
  t.end()
})

t.test('from the evening to noon three days on', (t) => {
  t.same(
    holidayDays({
      date: '2026-03-19 18:00:00',
      start: at('2026-03-19T15:00:00Z'),
      end: at('2026-03-23T09:00:00Z'),
      name: 'Ramazan Bayramı',
      rule: '1 Shawwal'
    }),
    {
      name: 'Ramazan Bayramı',
      expected: true,
      dates: ['2026-03-20', '2026-03-21', '2026-03-22'],
      parts: [{ date: '2026-03-19', from: '18:00', to: '24:00' }, { date: '2026-03-23', from: '00:00', to: '12:00' }]
    }
  )
  t.end()
})

t.test('a day on which clocks change is a whole day', (t) => {
  for (
    const [day, start, end] of [
      ['2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
      ['2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z']
    ] as const
  ) {
    const { dates, parts } = holidayDays({
      date: `${day} 00:00:00`,
      start: at(start),
      end: at(end),
      name: '',
      rule: ''
    })
    t.same([dates, parts], [[day], []])
  }
  t.end()
})
