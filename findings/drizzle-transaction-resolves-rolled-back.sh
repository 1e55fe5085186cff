#!/usr/bin/env bash
# drizzle-orm 0.45.4 on pg 8.23.1 and PostgreSQL 18.4: a transaction resolves, and nothing of it is there.
#
# A statement that fails is caught on purpose (an optional look-up, an insert that may be a duplicate), and the function
# of the transaction returns. One guesses that the commit then fails, or that what came before is kept. Postgres has
# marked the transaction as failed; it answers `commit` with success and the word ROLLBACK, the driver passes that on,
# and transaction() resolves with the result.
#
# The product reads the answer to each commit and throws unless it is COMMIT (packages/postgres/src/database.ts,
# transact); a test swallows an error to prove it.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
postgres drizzle-orm@0.45.4
cat >seen.mjs <<'END'
import { drizzle } from 'drizzle-orm/node-postgres'
import { sql } from 'drizzle-orm'
import { connect } from './client.mjs'
const client = await connect()
await client.query('create table ticket (id int)')
const outcome = await drizzle(client).transaction(async (tx) => {
  await tx.execute(sql`insert into ticket values (1)`)
  await tx.execute(sql`select * from not_there`).catch(() => {})
  return 'ticket 1 is stored'
}).catch((error) => `it failed: ${error.message}`)
console.log('transaction():', outcome)
console.log('rows:', (await client.query('select count(*)::int as n from ticket')).rows[0].n)
await client.query('begin')
await client.query('select * from not_there').catch(() => {})
console.log('the driver, told to commit:', (await client.query('commit')).command)
await client.end()
END
expect node seen.mjs <<'END'
transaction(): ticket 1 is stored
rows: 0
the driver, told to commit: ROLLBACK
END
