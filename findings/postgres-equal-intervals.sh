#!/usr/bin/env bash
# PostgreSQL 18.4: '1 month', '30 days' and '720 hours' are one value to unique, distinct and group by, and three when
# added.
#
# One guesses that values which behave differently are different, or else that a month and 30 days cannot be compared.
# For comparing, a month is 30 days and a day 24 hours; a unique index refuses the second, distinct keeps whichever
# comes first, and a join matches them. A year equals 360 days so, while its epoch is that of 365.25.
#
# The product stores no interval: durations are microseconds (packages/postgres/src/instant.ts), and days and longer are
# no durations in its API (packages/contracts/src/vocabulary.ts, Duration).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
postgres
cat >seen.mjs <<'END'
import { connect } from './client.mjs'
const client = await connect('-c timezone=UTC')
const one = async (text) => (await client.query({ text, rowMode: 'array' })).rows[0].join(', ')
console.log(
  'equal:',
  await one(
    `select interval '1 month' = interval '30 days', interval '1 day' = interval '24 hours',
      interval '1 year' = interval '360 days'`
  )
)
console.log(
  'distinct of three:',
  await one(
    "select count(distinct i) from (values (interval '1 month'), (interval '30 days'), (interval '720 hours')) v(i)"
  )
)
console.log(
  'added to 1 February:',
  await one(
    `select string_agg(to_char(timestamp '2026-02-01' + i, 'MM-DD'), ', ')
      from (values (interval '1 month'), (interval '30 days')) v(i)`
  )
)
console.log(
  'days in the epoch of a year:',
  await one("select round(extract(epoch from interval '1 year') / 86400, 2)")
)
await client.query('create table term (length interval primary key)')
await client.query("insert into term values ('1 month')")
await client
  .query("insert into term values ('30 days')")
  .catch(({ message, detail }) => console.log('inserted beside 1 month, 30 days:', message))
await client.end()
END
expect node seen.mjs <<'END'
equal: true, true, true
distinct of three: 1
added to 1 February: 03-01, 03-03
days in the epoch of a year: 365.25
inserted beside 1 month, 30 days: duplicate key value violates unique constraint "term_pkey"
END
