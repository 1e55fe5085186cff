#!/usr/bin/env bash
# PostgreSQL 18.4: a prepared statement that was planned well turns to scanning whole tables because they have grown.
#
# After five runs Postgres compares what a plan for these parameters costs with what one for all would, and takes the
# dearer never. The plan for all was costed while the tables were empty, and growing invalidates nothing: as they fill,
# plans for the parameters look dear beside that old price, so a scan of everything replaces a look-up in an index. Not
# prepared, the same text is planned rightly. Only analyze ends it; right after a start, under load, that is minutes, on
# each connection of each pool.
#
# Services ask the planner for no sequential scan, hash join or merge join (packages/postgres/src/connection.ts;
# docs/adr/0010-plans-by-keys.md).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
postgres_options='-c autovacuum=off' postgres
cat >seen.mjs <<'END'
import { connect, plan } from './client.mjs'
const client = await connect()
await client.query(
  'create table orders (id int primary key); create table line (id int primary key, of int); create index on line (of)'
)
const text = (ids) => `select * from orders join line on line.of = orders.id where orders.id = any(${ids})`
const shape = (found) => found.match(/Hash Join|Nested Loop|Seq Scan on \w+/g).join(', ')
await client.query(`prepare lines(int[]) as ${text('$1')}`)
for (let n = 0; n < 6; n++) await client.query("execute lines('{1}')")
console.log('prepared, tables empty:    ', shape(await plan(client, "execute lines('{1}')")))
await client.query(
  'insert into orders select generate_series(1, 50000); insert into line select n, n from generate_series(1, 50000) n'
)
for (let n = 0; n < 6; n++) await client.query("execute lines('{1}')")
console.log('50,000 rows later:         ', shape(await plan(client, "execute lines('{1}')")))
console.log('the same, not prepared:    ', shape(await plan(client, text("'{1}'"))))
await client.query('analyze')
console.log('prepared, after analyze:   ', shape(await plan(client, "execute lines('{1}')")))
await client.end()
END
expect node seen.mjs <<'END'
prepared, tables empty:     Nested Loop
50,000 rows later:          Hash Join, Seq Scan on line
the same, not prepared:     Nested Loop
prepared, after analyze:    Nested Loop
END
