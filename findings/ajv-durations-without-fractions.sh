#!/usr/bin/env bash
# ajv-formats 3.0.1 (ajv 8.20.0): `format: duration` refuses half a second, and every duration that goes back.
#
# The format is called ISO 8601's, and everything that writes such texts (Luxon and Postgres here, Temporal too) writes
# fractions of a second: PT0.5S. The grammar meant is that in an appendix of RFC 3339, whose numbers are whole, whose
# years may not be followed by weeks, and which has no sign. So a round trip of one's own values fails validation, and
# only for values with milliseconds. ajv and TypeBox 1.4.3 differ in reading it: P1Y1D is right for the one and wrong
# for the other.
#
# The product's durations are a pattern with up to six decimals (packages/contracts/src/vocabulary.ts, Duration),
# written in one form only (packages/business-time/src/duration.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages ajv@8.20.0 ajv-formats@3.0.1 luxon@3.7.2 typebox@1.4.3
cat >seen.mjs <<'END'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { Duration } from 'luxon'
import { Format } from 'typebox/format'
const ajv = new Ajv()
formats.default(ajv)
const check = ajv.compile({ type: 'string', format: 'duration' })
const show = (text) => console.log(`${text}: ajv ${check(text)}, TypeBox ${Format.IsDuration(text)}`)
for (const millis of [1000, 500, -1000]) show(Duration.fromMillis(millis).toISO())
for (const text of ['PT1.5H', 'P1Y2W', 'P1W', 'P1Y1D']) show(text)
END
expect node seen.mjs <<'END'
PT1S: ajv true, TypeBox true
PT0.5S: ajv false, TypeBox false
PT-1S: ajv false, TypeBox false
PT1.5H: ajv false, TypeBox false
P1Y2W: ajv false, TypeBox false
P1W: ajv true, TypeBox true
P1Y1D: ajv true, TypeBox false
END
