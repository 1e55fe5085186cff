#!/usr/bin/env bash
# PostgreSQL 18.4: a + (b - a) is not b.
#
# Subtracting two timestamptz gives an interval, and adding it back is taken to lead to the same instant: both are plain
# microseconds inside. The difference is exact but is written in days of 24 hours ("1 day 23:00:00"), and adding days
# goes by the calendar of the session's zone: across a change of clocks the sum is an hour off, silently, in sessions of
# a zone that has one. A deadline kept as a remaining interval, paused and resumed over a weekend in March, moves by an
# hour.
#
# In the product sessions run in UTC (packages/postgres/src/connection.ts), durations are integers of microseconds in
# bigint columns (packages/postgres/src/instant.ts), and no interval is stored.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
postgres
cat >seen.mjs <<'END'
import { connect } from './client.mjs'
for (const zone of ['UTC', 'Europe/Berlin']) {
  const client = await connect(`-c timezone=${zone}`)
  const { rows } = await client.query(`
    select b - a as difference, b - (a + (b - a)) as lost
    from (values (timestamptz '2026-03-28T11:00Z', timestamptz '2026-03-30T10:00Z'),
      ('2026-10-24T10:00Z', '2026-10-26T11:00Z')) v(a, b)`)
  for (const { difference, lost } of rows)
    console.log(`${zone}: b - a = ${JSON.stringify(difference)}, b - (a + (b - a)) = ${JSON.stringify(lost)}`)
  await client.end()
}
END
expect node seen.mjs <<'END'
UTC: b - a = {"days":1,"hours":23}, b - (a + (b - a)) = {}
UTC: b - a = {"days":2,"hours":1}, b - (a + (b - a)) = {}
Europe/Berlin: b - a = {"days":1,"hours":23}, b - (a + (b - a)) = {"hours":1}
Europe/Berlin: b - a = {"days":2,"hours":1}, b - (a + (b - a)) = {"hours":-1}
END
