#!/usr/bin/env bash
# fastify 5.12.8 (fast-json-stringify 7): one Date in one answer, `date-time` in UTC and `date` in the zone of the
# machine: another day.
#
# JavaScript writes dates in UTC and JSON has no zones, so one guesses that `format: date` is the beginning of `format:
# date-time`, as toISOString().slice(0, 10) is. It is the date, and `time` the time, that the server's clock on the wall
# shows: with TZ=Asia/Riyadh the three fields of one instant contradict each other after nine in the evening. Containers
# run in UTC and hide it; a laptop does not.
#
# Instants leave the product as texts that it has made itself, in UTC with `Z` (packages/business-time/src/instant.ts),
# by a pattern and without a format (packages/contracts/src/vocabulary.ts, Instant).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages fastify@5.12.8
cat >seen.mjs <<'END'
import Fastify from 'fastify'
const app = Fastify()
const text = (format) => ({ type: 'string', format })
const properties = { instant: text('date-time'), date: text('date'), time: text('time') }
const at = new Date('2026-11-28T22:30:00Z')
app.get('/', { schema: { response: { 200: { type: 'object', properties } } } }, async () => ({
  instant: at,
  date: at,
  time: at
}))
console.log(process.env.TZ, (await app.inject('/')).body)
END
both() { TZ=UTC node seen.mjs; TZ=Asia/Riyadh node seen.mjs; }
expect both <<'END'
UTC {"instant":"2026-11-28T22:30:00.000Z","date":"2026-11-28","time":"22:30:00"}
Asia/Riyadh {"instant":"2026-11-28T22:30:00.000Z","date":"2026-11-29","time":"01:30:00"}
END
