#!/usr/bin/env bash
# PostgreSQL 18.4: a setting of one's own that was never set is null, and once a transaction has set it for itself it is
# '' for ever.
#
# set_config(name, value, true) is said to end with the transaction, so one guesses that the connection is then as
# before, and that a policy that compares with null shows nothing. The name stays known to the connection, with an empty
# text: `''::uuid` is an error, and where the tenant is text, rows with an empty tenant would match. Only a pool that
# uses a connection twice shows it.
#
# In the product the tenant of a transaction is set so (packages/postgres/src/database.ts), no policy or query reads the
# setting, and the test of it takes '' for null (packages/postgres/test/db/database.test.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
postgres
cat >seen.mjs <<'END'
import { connect } from './client.mjs'
const client = await connect()
const show = async (when) =>
  console.log(
    `${when}:`,
    JSON.stringify((await client.query("select current_setting('app.tenant', true) as tenant")).rows[0].tenant)
  )
await show('on a new connection')
await client.query('begin')
await client.query("select set_config('app.tenant', 'a', true)")
await show('in the transaction')
await client.query('rollback')
await show('after its rollback')
await client.end()
END
expect node seen.mjs <<'END'
on a new connection: null
in the transaction: "a"
after its rollback: ""
END
