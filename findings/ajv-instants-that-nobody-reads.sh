#!/usr/bin/env bash
# ajv-formats 3.0.1 (ajv 8.20.0), luxon 3.7.2: `format: date-time` lets in what the next reader refuses, and refuses
# what it reads.
#
# RFC 3339's grammar being short, one guesses that a checker of it and a reader of ISO 8601 agree on a T between date
# and time. The format takes a space, or a line break, an offset without minutes, and second 60 at any midnight UTC;
# Date or Luxon make of that an invalid date, which throws nowhere near the schema, or takes part in comparisons that
# are all false. It refuses hour 24 and a missing second.
#
# The product's instants are a pattern of its own, without a format (packages/contracts/src/vocabulary.ts, Instant).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages ajv@8.20.0 ajv-formats@3.0.1 luxon@3.7.2
cat >seen.mjs <<'END'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { DateTime } from 'luxon'
const ajv = new Ajv()
formats.default(ajv)
const check = ajv.compile({ type: 'string', format: 'date-time' })
const word = (taken) => (taken ? 'yes' : 'no ')
for (const text of [
  '2026-03-10T10:00:00Z',
  '2026-03-10 10:00:00Z',
  '2026-03-10\n10:00:00Z',
  '2026-03-10T10:00:00+03',
  '2026-03-10T23:59:60Z',
  '2026-03-10T10:00Z',
  '2026-03-10T24:00:00Z'
]) {
  console.log(
    `${JSON.stringify(text).padEnd(26)} ajv ${word(check(text))} Date ${word(!Number.isNaN(Date.parse(text)))}`,
    `Luxon ${word(DateTime.fromISO(text).isValid)}`
  )
}
END
expect node seen.mjs <<'END'
"2026-03-10T10:00:00Z"     ajv yes Date yes Luxon yes
"2026-03-10 10:00:00Z"     ajv yes Date yes Luxon no 
"2026-03-10\n10:00:00Z"    ajv yes Date yes Luxon no 
"2026-03-10T10:00:00+03"   ajv yes Date no  Luxon yes
"2026-03-10T23:59:60Z"     ajv yes Date no  Luxon no 
"2026-03-10T10:00Z"        ajv no  Date yes Luxon yes
"2026-03-10T24:00:00Z"     ajv no  Date yes Luxon yes
END
