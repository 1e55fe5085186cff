#!/usr/bin/env bash
# Node 20.20.2 (tz 2025c), Node 24.21.0 (tz 2026c), PostgreSQL 18.4, tzdata 2026.6 (Python): noon in Casablanca in June
# 2027.
#
# IANA's 2026c keeps Morocco at UTC all year, from the end of summer 2026. Zone data are taken to change for the past or
# far places; here the newest Node 20 that there is, and Postgres with its own copy, are an hour off for every date from
# now on. An application whose two halves run on both, or whose database computes local times, gives two deadlines for
# one promise.
#
# In the product only one of them computes local time: Node, pinned (packages/business-time/src/zone.ts); sessions of
# Postgres run in UTC (packages/postgres/src/connection.ts). What was computed names its zone data (zoneDataVersion),
# and its test vectors say from which version an answer holds (packages/business-time/test/vectors/README.md).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
postgres
python_packages tzdata==2026.6
cat >zone.mjs <<'END'
const time = new Intl.DateTimeFormat('en-GB', { timeZone: 'Africa/Casablanca', timeStyle: 'short' }).format(
  new Date('2027-06-01T12:00:00Z')
)
console.log(`Node ${process.versions.node}, tz ${process.versions.tz}: 2027-06-01T12:00Z is ${time}`)
END
cat >server.mjs <<'END'
import { connect } from './client.mjs'
const client = await connect()
const { rows } = await client.query(
  "select to_char(timestamptz '2027-06-01 12:00Z' at time zone 'Africa/Casablanca', 'HH24:MI') as time"
)
console.log(`PostgreSQL 18.4: 2027-06-01T12:00Z is ${rows[0].time}`)
await client.end()
END
cat >zone.py <<'END'
import datetime, tzdata, zoneinfo
zoneinfo.reset_tzpath([])
noon = datetime.datetime(2027, 6, 1, 12, tzinfo=datetime.timezone.utc)
moment = noon.astimezone(zoneinfo.ZoneInfo('Africa/Casablanca'))
print(f'Python, tzdata {tzdata.IANA_VERSION}: 2027-06-01T12:00Z is {moment:%H:%M}')
END
each() {
  for version in 20.20.2 24.21.0; do node_of $version; "$node" zone.mjs; done
  node server.mjs
  "$python" zone.py
}
expect each <<'END'
Node 20.20.2, tz 2025c: 2027-06-01T12:00Z is 13:00
Node 24.21.0, tz 2026c: 2027-06-01T12:00Z is 12:00
PostgreSQL 18.4: 2027-06-01T12:00Z is 13:00
Python, tzdata 2026f: 2027-06-01T12:00Z is 12:00
END
