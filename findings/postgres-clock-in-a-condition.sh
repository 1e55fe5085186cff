#!/usr/bin/env bash
# PostgreSQL 18.4: `due <= now()` uses the index, `due <= clock_timestamp()` reads the whole table, and a bracket mends
# it.
#
# Both are the time as a timestamptz, and the second is the more exact of the two, so whoever polls for due rows in a
# long transaction takes it. It is volatile: it must be asked again for each row, so it cannot bound an index scan.
# `(select clock_timestamp())` is asked once and can. The plan is right on small tables, so tests do not show it.
#
# The product's timers ask with now(), each time in a transaction of its own (packages/timers/src/store.ts), and a test
# reads the plan.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
postgres
cat >seen.mjs <<'END'
import { connect, plan } from './client.mjs'
const client = await connect('-c max_parallel_workers_per_gather=0')
await client.query(
  "create table timer as select id, now() + id * interval '1 second' as due from generate_series(1, 50000) id"
)
await client.query('create index timer_due on timer (due)')
await client.query('analyze timer')
for (const time of ['now()', 'clock_timestamp()', '(select clock_timestamp())']) {
  console.log(
    `due <= ${time}:`,
    (await plan(client, `select * from timer where due <= ${time}`)).split(' on timer')[0]
  )
}
await client.end()
END
expect node seen.mjs <<'END'
due <= now(): Index Scan using timer_due
due <= clock_timestamp(): Seq Scan
due <= (select clock_timestamp()): Index Scan using timer_due
END
