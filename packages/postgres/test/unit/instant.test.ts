import { instantParam, instantRange, readInstant } from '@dueline/postgres'
import t from 'tap'

t.test('an instant is written in UTC with six decimals', async (t) => {
  t.equal(instantParam(0), '1970-01-01 00:00:00.000000+00')
  t.equal(instantParam(-1), '1969-12-31 23:59:59.999999+00')
  t.equal(instantParam(951_782_400_000_001), '2000-02-29 00:00:00.000001+00')
  t.equal(instantParam(instantRange.to), '2255-06-05 23:47:34.740991+00')
  t.equal(instantParam(instantRange.from), '1700-01-01 00:00:00.000000+00')
})

t.test('what is no instant is refused', async (t) => {
  for (const bad of [0.5, NaN, Infinity, instantRange.to + 1, instantRange.from - 1]) {
    t.throws(() => instantParam(bad), RangeError)
  }
  for (
    const bad of [
      'infinity',
      '-infinity',
      '0044-03-15 00:00:00+00 BC',
      '2026-01-01',
      'now',
      '2026-01-01 12:00:00.+00',
      '2026-01-01 12:0o:00+00',
      '2026-01-01-12:00:00+00',
      '2026-01-01 12:00:00.1234567+00',
      '2255-06-05 23:47:34.740992+00'
    ]
  ) t.throws(() => readInstant(bad), RangeError)
})

t.test('every form in which Postgres prints an instant is read', async (t) => {
  const noon = 1_767_268_800_000_000
  for (
    const text of [
      '2026-01-01 12:00:00+00',
      '2026-01-01T12:00:00+00:00',
      '2026-01-01 12:00:00Z',
      '2026-01-01 17:30:00+05:30',
      '2026-01-01 08:30:00.000-03:30',
      '2026-01-01 12:19:32+00:19:32'
    ]
  ) {
    t.equal(readInstant(text), noon, text)
  }
  t.equal(readInstant('2026-01-01 12:00:00.1+00'), noon + 100_000)
  t.equal(readInstant('2026-01-01 12:00:00.000001+00'), noon + 1)
  t.equal(readInstant('2026-01-01 13:00:00.000001+01'), noon + 1)
})

t.test('writing and reading agree with the platform and with each other over the whole range', async (t) => {
  const step = Math.floor((instantRange.to - instantRange.from) / 20_011)
  for (let micros: number = instantRange.from; micros <= instantRange.to; micros += step) {
    const text = instantParam(micros)
    if (readInstant(text) !== micros) t.fail(text)
    const ms = Math.floor(micros / 1000)
    if (new Date(ms).toISOString().slice(0, 19) !== text.slice(0, 19).replace(' ', 'T')) {
      t.fail(`${text} is not what Date says`)
    }
  }
  t.pass('20,011 instants')
})
