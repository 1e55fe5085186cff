import t from 'tap'
import {
  readBoolean,
  readDuration,
  readInstant,
  readInteger,
  readText,
  readWord,
  readWords,
  writeWords,
  type Cell,
  type Read
} from '../../src/spreadsheets/cells.ts'
import { readReminders, writeReminders } from '../../src/spreadsheets/reminder-text.ts'

/** What each cell means; undefined where it is refused. */
function meanings (read: (cell: Cell) => Read, cells: readonly Cell[]): unknown[] {
  return cells.map((cell) => {
    const one = read(cell)
    return 'fault' in one ? undefined : one.value
  })
}

t.test('a duration in every form in which people and spreadsheets write it', async (t) => {
  const time = (iso: string) => new Date(`${iso}Z`)
  t.same(
    meanings(readDuration, ['PT4H', '4h', '4 h', '90m', '1h 30m', '4:30', '48:00:00', '30 min', '٤h', 'pt15m']),
    ['PT4H', 'PT4H', 'PT4H', 'PT1H30M', 'PT1H30M', 'PT4H30M', 'PT48H', 'PT30M', 'PT4H', 'PT15M']
  )
  t.same(
    meanings(readDuration, [time('1899-12-31T04:00'), time('1900-01-02T00:00'), time('1900-03-01T00:00')]),
    ['PT4H', 'PT48H', 'PT1464H'],
    'days since its first day'
  )
  t.same(readDuration(time('1904-01-02T12:00'), true), { value: 'PT36H' }, 'days from 1904')
  t.same(meanings(readDuration, [4, '4', '2 days', '2d', '4:75', time('2026-03-01T00:00'), 'soon']), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined
  ])
})

t.test('an instant; what could be two days is refused', async (t) => {
  t.same(
    meanings(readInstant, [
      '2026-03-01T08:00:00.000001Z',
      '2026-03-01',
      '2026-03-01 09:30',
      new Date('2026-03-01T00:00:00Z'),
      '٢٠٢٦-٠٣-٠١'
    ]),
    [
      '2026-03-01T08:00:00.000001Z',
      '2026-03-01T00:00:00Z',
      '2026-03-01T09:30:00Z',
      '2026-03-01T00:00:00.000Z',
      '2026-03-01T00:00:00Z'
    ]
  )
  t.same(meanings(readInstant, ['01/03/2026', '1.3.2026', 46_110, '2026-02-30', new Date('1905-07-18T00:00:00Z')]), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined
  ])
})

t.test('words, numbers, yes and no', async (t) => {
  t.same(meanings((cell) => readWord(cell, ['P0', 'P1']), ['P1', ' p1 ', 'P9']), ['P1', 'P1', undefined])
  t.same(meanings((cell) => readWords(cell, ['a', 'b']), ['a b', 'A, b', 'none', 'c']), [
    ['a', 'b'],
    ['a', 'b'],
    [],
    undefined
  ])
  t.equal(writeWords([]), 'none')
  t.same(meanings(readBoolean, [true, 'WAHR', 1, 'نعم', 'no', 0, 'FALSE', 'maybe']), [
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    undefined
  ])
  t.same(meanings(readInteger, [5, '-3', '1.0', '1,00', '٧', '1,000', '1.5', 1.5]), [
    5,
    -3,
    1,
    1,
    7,
    undefined,
    undefined,
    undefined
  ])
  t.same(meanings(readText, ['a', 7, true, new Date(0)]), ['a', '7', 'true', undefined])
})

t.test('reminders in words, also as spreadsheets change them', async (t) => {
  const reminders = [{ percent: 12.5 }, { percent: 90, urgent: true }, { before: 'PT6H' }, {
    after: 'PT1H',
    urgent: true
  }]
  t.equal(writeReminders(reminders), 'at 12.5%; at 90% urgent; PT6H before; PT1H after urgent')
  t.same(readReminders(writeReminders(reminders)), { value: reminders })
  t.same(readReminders('none'), { value: [] })
  t.equal(writeReminders([]), 'none')
  t.same(readReminders(0.75), { value: [{ percent: 75 }] }, 'a percentage that became a number')
  t.same(readReminders('75%; 24h before; 6h before urgent'), {
    value: [{ percent: 75 }, { before: 'PT24H' }, { before: 'PT6H', urgent: true }]
  })
  t.match(readReminders('sometimes'), { fault: /"sometimes" is none/ })
})
