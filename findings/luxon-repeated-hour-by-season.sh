#!/usr/bin/env bash
# luxon 3.7.2: which of two instants a local time in the repeated hour means depends on the day on which the program
# runs.
#
# When clocks go back, 02:30 comes twice. One guesses that a library always takes the first (as Temporal and RFC 5545
# do) or always the second. Luxon begins its search with the zone's offset of now: the same text is an hour earlier in
# July than in January, so a test that passes all summer fails in winter, and two replicas that parse a minute apart,
# one before and one after the change, differ.
#
# The product lets Luxon read no local time of a zone that has changes: calendars find their instants by themselves, the
# same at any time (packages/business-time/src/local-opening.ts), imports are read as UTC
# (infra/embedded/src/import/servicenow.ts), and what is formatted for people is an instant already
# (services/notification/src/consumers/reader-time.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages luxon@3.7.2
cat >seen.mjs <<'END'
import { DateTime, Settings } from 'luxon'
for (const today of ['2026-01-15', '2026-07-15']) {
  Settings.now = () => Date.parse(`${today}T12:00:00Z`)
  Settings.resetCaches()
  const read = DateTime.fromISO('2026-10-25T02:30', { zone: 'Europe/Berlin' })
  console.log(`asked on ${today}: 2026-10-25T02:30 in Berlin is ${read.toUTC().toISO()}`)
}
END
expect node seen.mjs <<'END'
asked on 2026-01-15: 2026-10-25T02:30 in Berlin is 2026-10-25T01:30:00.000Z
asked on 2026-07-15: 2026-10-25T02:30 in Berlin is 2026-10-25T00:30:00.000Z
END
