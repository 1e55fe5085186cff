#!/usr/bin/env bash
# Node 20.20.2 and 24.21.0: Intl.supportedValuesOf('timeZone') holds neither UTC nor Asia/Kolkata nor Europe/Kyiv.
#
# The name promises the zones that Intl supports, so one checks a zone by looking it up there, or fills a form's list
# from it. It holds one name per zone, and that is CLDR's, which never changes: Calcutta, Kiev, Saigon. UTC is no zone
# to it. All of the others work, and IANA's own names are refused by such a check. Names of other data that every system
# has (US/Eastern) are missing too.
#
# The product asks Intl to make a format with the zone and sees whether it can (packages/business-time/src/zone.ts,
# isZoneName).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >seen.mjs <<'END'
const listed = new Set(Intl.supportedValuesOf('timeZone'))
const works = (zone) => new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).format(0) !== ''
for (const zone of [
  'UTC',
  'Asia/Kolkata',
  'Europe/Kyiv',
  'Asia/Ho_Chi_Minh',
  'America/Argentina/Buenos_Aires',
  'US/Eastern',
  'Asia/Riyadh'
]) {
  console.log(`${zone}: ${works(zone) ? 'works' : 'fails'}, ${listed.has(zone) ? 'listed' : 'not listed'}`)
}
END
each() {
  for version in 20.20.2 24.21.0; do node_of $version; echo "Node $version"; "$node" seen.mjs; done
}
expect each <<'END'
Node 20.20.2
UTC: works, not listed
Asia/Kolkata: works, not listed
Europe/Kyiv: works, not listed
Asia/Ho_Chi_Minh: works, not listed
America/Argentina/Buenos_Aires: works, not listed
US/Eastern: works, not listed
Asia/Riyadh: works, listed
Node 24.21.0
UTC: works, not listed
Asia/Kolkata: works, not listed
Europe/Kyiv: works, not listed
Asia/Ho_Chi_Minh: works, not listed
America/Argentina/Buenos_Aires: works, not listed
US/Eastern: works, not listed
Asia/Riyadh: works, listed
END
