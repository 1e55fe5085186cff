#!/usr/bin/env bash
# rrule 2.8.1, ical.js 2.2.1: of the same nightly window in Riyadh the one loses the last night, and a Hijri holiday
# repeats by Gregorian years.
#
# RFC 5545 wants UNTIL in UTC when a rule has a zone, and every calendar program writes it so. rrule compares it with
# the wall clock as if that were UTC: east of Greenwich the last one falls out, west of it one too many may come; EXDATE
# in UTC takes nothing away; DTSTART;VALUE=DATE is ignored and the series starts today. ical.js reads UNTIL rightly;
# RSCALE (RFC 7529), which it does not know, it ignores where an error is asked for, so that Eid of a feed is eleven
# days off in the second year; and 29 February becomes 1 March.
#
# The product reads rules of calendar files by ical.js, names the days that months lack itself, and refuses RSCALE
# (services/sla-policy/src/ics/rules.ts); its own calendars have dates and spans, and no rules.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages rrule@2.8.1 ical.js@2.2.1
cat >seen.mjs <<'END'
import ICAL from 'ical.js'
import rrule from 'rrule'
const show = (name, dates) => console.log(`${name}: ${dates.join(' ')}`)
function byIcal (lines, most = 4) {
  const text = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'BEGIN:VEVENT',
    'UID:1',
    ...lines,
    'END:VEVENT',
    'END:VCALENDAR'
  ].join('\r\n')
  const iterator = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')).iterator()
  const found = []
  for (let next; found.length < most && (next = iterator.next());) found.push(next.toString())
  return found
}
const byRrule = (lines) =>
  rrule
    .rrulestr(lines.join('\n'))
    .all()
    .map((date) => date.toISOString().slice(0, 16))
show(
  'rrule, 01:00 in Riyadh from 1 to 3 December ',
  byRrule(['DTSTART;TZID=Asia/Riyadh:20261201T010000', 'RRULE:FREQ=DAILY;UNTIL=20261202T220000Z'])
)
show(
  'rrule, three mornings in New York but the 2nd',
  byRrule(['DTSTART;TZID=America/New_York:20261201T090000', 'RRULE:FREQ=DAILY;COUNT=3', 'EXDATE:20261202T140000Z'])
)
show(
  'ical.js, Eid by RSCALE=ISLAMIC-UMALQURA      ',
  byIcal(['DTSTART;VALUE=DATE:20260320', 'RRULE:RSCALE=ISLAMIC-UMALQURA;FREQ=YEARLY;COUNT=3'])
)
show('ical.js, yearly from 29 February 2024        ', byIcal(['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY']))
END
expect node seen.mjs <<'END'
rrule, 01:00 in Riyadh from 1 to 3 December : 2026-11-30T22:00 2026-12-01T22:00
rrule, three mornings in New York but the 2nd: 2026-12-01T14:00 2026-12-02T14:00 2026-12-03T14:00
ical.js, Eid by RSCALE=ISLAMIC-UMALQURA      : 2026-03-20 2027-03-20 2028-03-20
ical.js, yearly from 29 February 2024        : 2024-02-29 2025-03-01 2026-03-01 2027-03-01
END
