#!/usr/bin/env bash
# Node 24.21.0 (ICU 78), luxon 3.7.2, PostgreSQL 18.4: AST is in Alaska or in the Atlantic, IST in India or Israel, and
# nobody objects.
#
# Arabia's time is AST to those who live by it; both readers take the word as a zone without a warning. One guesses that
# zone names are checked against IANA's, where these do not exist, or that both mean the same. ICU keeps a list of its
# own from old Java: AST is America/Anchorage, so a calendar saved as AST runs 11 to 12 hours late in Riyadh. Postgres
# has another list: AST is -4, IST is +2.
#
# The product refuses names that only ICU knows (packages/business-time/src/zone.ts, OF_ICU_ALONE) and takes instants in
# UTC or with a numeric offset only (packages/contracts/src/vocabulary.ts, Instant), so no abbreviation reaches
# Postgres.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
postgres luxon@3.7.2
node_of 24.21.0
cat >seen.mjs <<'END'
import { IANAZone } from 'luxon'
import { connect } from './client.mjs'
const client = await connect()
for (const zone of ['AST', 'IST', 'BST', 'ACT']) {
  const icu = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  const { rows } = await client
    .query(
      `select extract(epoch from timestamptz '2026-01-15 12:00Z' - timestamptz '2026-01-15 12:00 ${zone}')::int / 3600
        as hours`
    )
    .catch(({ message }) => ({ rows: [{ hours: message }] }))
  console.log(
    `${zone}: Intl ${icu}, Luxon ${IANAZone.isValidZone(zone) ? 'valid' : 'invalid'},`,
    `Postgres UTC${rows[0].hours > 0 ? '+' : ''}${rows[0].hours}`
  )
}
await client.end()
END
expect "$node" seen.mjs <<'END'
AST: Intl America/Anchorage, Luxon valid, Postgres UTC-4
IST: Intl Asia/Calcutta, Luxon valid, Postgres UTC+2
BST: Intl Asia/Dhaka, Luxon valid, Postgres UTC+1
ACT: Intl Australia/Darwin, Luxon valid, Postgres UTC-5
END
