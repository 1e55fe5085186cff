import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { property } from '../../../../test/harness/property.ts'
import { formatDuration, formatInstant, parseDuration, parseInstant } from '../../src/index.ts'
import { LAST } from './arbitraries.ts'

t.setTimeout(0)

t.test('instants', (t) => {
  t.equal(parseInstant('1970-01-01T00:00:00Z'), 0)
  t.equal(parseInstant('1970-01-01T00:00:00.5Z'), 500_000)
  t.equal(parseInstant('2026-03-29T01:30:00.25+02:00'), 1_774_740_600_250_000)
  t.equal(parseInstant('2026-03-28T23:30:00.250000Z'), 1_774_740_600_250_000)
  t.equal(parseInstant('1969-12-31T23:59:59.999999-00:01'), 59_999_999)
  t.equal(parseInstant('2024-02-29T23:59:59.000001-23:59'), parseInstant('2024-03-01T23:58:59.000001Z'))
  t.equal(parseInstant('2255-06-05T23:47:34.740991Z'), LAST)
  t.equal(parseInstant('2255-06-06T09:47:34.740991+10:00'), LAST)
  t.equal(formatInstant(0), '1970-01-01T00:00:00.000000Z')
  t.equal(formatInstant(LAST), '2255-06-05T23:47:34.740991Z')
  t.equal(formatInstant(1_774_740_600_250_000), '2026-03-28T23:30:00.250000Z')
  t.end()
})

t.test('what is no instant', (t) => {
  for (
    const text of [
      '',
      '2026-01-01',
      '2026-01-01T00:00Z',
      '2026-01-01T00:00:00',
      '2026-01-01 00:00:00Z',
      '2026-01-01t00:00:00z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:60:00Z',
      '2026-12-31T23:59:60Z',
      '2023-02-29T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-10T00:00:00Z',
      '2026-04-31T00:00:00Z',
      '2026-01-00T00:00:00Z',
      '2026-01-01T00:00:00.Z',
      '2026-01-01T00:00:00.1234567Z',
      '2026-01-01T00:00:00+24:00',
      '2026-01-01T00:00:00+01:60',
      '2026-01-01T00:00:00+0100',
      '2026-01-01T00:00:00+01',
      ' 2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00Z\n',
      '+002026-01-01T00:00:00Z',
      '2026-W01-1T00:00:00Z',
      '1969-12-31T23:59:59.999999Z',
      '1970-01-01T00:59:59Z+01:00',
      '1970-01-01T00:59:59+01:00',
      '2255-06-05T23:47:34.740992Z',
      '9999-12-31T23:59:59Z',
      '2026/01-01T00:00:00Z',
      '2026-01/01T00:00:00Z',
      '2026-0a-01T00:00:00Z',
      '٢٠٢٦-01-01T00:00:00Z'
    ]
  ) t.throws(() => parseInstant(text), RangeError, JSON.stringify(text))
  for (const value of [undefined, null, 5, {}, ['2026-01-01T00:00:00Z']] as unknown[]) {
    t.throws(() => parseInstant(value as string), RangeError)
  }
  for (const value of [-1, 0.5, NaN, Infinity, 2 ** 53, '5', null] as number[]) {
    t.throws(() => formatInstant(value), RangeError, String(value))
  }
  t.throws(() => parseInstant('2023-02-29T00:00:00Z'), { message: 'not an RFC 3339 instant: "2023-02-29T00:00:00Z"' })
  t.throws(() => parseInstant('1969-01-01T00:00:00Z'), {
    message: 'instant outside 1970 to 2255-06-05T23:47:34.740991Z: "1969-01-01T00:00:00Z"'
  })
  t.end()
})

t.test('durations', (t) => {
  for (
    const [text, micros, canonical] of [
      ['PT30M', 1_800_000_000, 'PT30M'],
      ['PT1H30M', 5_400_000_000, 'PT1H30M'],
      ['PT0.5S', 500_000, 'PT0.5S'],
      ['PT90M', 5_400_000_000, 'PT1H30M'],
      ['PT0S', 0, 'PT0S'],
      ['-PT0S', 0, 'PT0S'],
      ['PT0H0M0.000000S', 0, 'PT0S'],
      ['-PT15M', -900_000_000, '-PT15M'],
      ['PT36H', 129_600_000_000, 'PT36H'],
      ['PT1H0.000001S', 3_600_000_001, 'PT1H0.000001S'],
      ['PT1S', 1_000_000, 'PT1S']
    ] as const
  ) {
    t.equal(parseDuration(text), micros, text)
    t.equal(formatDuration(micros), canonical)
  }
  t.equal(parseDuration(formatDuration(LAST)), LAST)
  t.equal(parseDuration(formatDuration(-LAST)), -LAST)
  t.ok(Object.is(parseDuration('-PT0S'), 0), 'no negative zero')
  t.end()
})

t.test('what is no duration', (t) => {
  for (
    const text of [
      '',
      'P',
      'PT',
      'P1D',
      'P1DT1H',
      'P1W',
      'P1Y',
      'P1M',
      'PT1D',
      'PT1.5H',
      'PT1.5M',
      'PT1M1H',
      'PT1S1M',
      'PT.5S',
      'PT0.S',
      'PT0.1234567S',
      'PT-1H',
      '+PT1H',
      '--PT1H',
      'pt1h',
      'PT1H ',
      'PT1,5S',
      '1H',
      'PT9007199255S',
      'PT99999999999999999999H'
    ]
  ) t.throws(() => parseDuration(text), RangeError, JSON.stringify(text))
  for (const value of [undefined, null, 5, ['PT1H']] as unknown[]) {
    t.throws(() => parseDuration(value as string), RangeError)
  }
  for (const value of [0.5, NaN, Infinity, -(2 ** 53), null] as number[]) {
    t.throws(() => formatDuration(value), RangeError, String(value))
  }
  t.throws(() => parseDuration('P1D'), { message: 'not an ISO 8601 duration of hours, minutes and seconds: "P1D"' })
  t.end()
})

property(
  t,
  'an instant survives being written and read, in any offset',
  fc.tuple(fc.maxSafeNat(), fc.integer({ min: -1439, max: 1439 })),
  ([instant, offset]) => {
    assert.equal(parseInstant(formatInstant(instant)), instant)
    assert.equal(formatInstant(instant).slice(0, 23), new Date(Math.floor(instant / 1000)).toISOString().slice(0, 23))
    const local = instant + offset * 60_000_000
    if (local < 0 || local > LAST) return
    const sign = offset < 0 ? '-' : '+'
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
    const text = formatInstant(local).replace(
      'Z',
      `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
    )
    assert.equal(parseInstant(text), instant)
  }
)

property(t, 'a duration survives being written and read', fc.maxSafeInteger(), (duration) => {
  assert.equal(parseDuration(formatDuration(duration)), duration)
})
