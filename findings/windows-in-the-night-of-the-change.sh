#!/usr/bin/env bash
# ical.js 2.2.1, rrule 2.8.1, rrule-temporal 2.2.8, dateutil 2.9.0, recurring-ical-events 3.8.2: in the nights of the
# change the same nightly window begins an hour apart, or not at all.
#
# RFC 5545 says both: a local time that does not exist is read by the offset before the gap (section 3.3.5, 02:30 is
# 07:30 UTC in New York) and such an instance is ignored and not counted (3.3.10). dateutil and rrule do the first,
# rrule-temporal the second (of three nights the last is then a day later), ical.js neither: its window begins at 06:30,
# an hour before the change. Where a time comes twice the RFC takes the first; ical.js takes the second.
#
# The product takes no rules; a calendar's local times are read by one stated rule for gaps and repeated hours
# (packages/business-time, docs/semantics).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages ical.js@2.2.1 rrule@2.8.1 rrule-temporal@2.2.8
python_packages icalendar==7.3.2 recurring-ical-events==3.8.2 python-dateutil==2.9.0.post0 tzdata==2026.1
cat >calendar.mjs <<'END'
export const rule = 'RRULE:FREQ=DAILY;COUNT=3'
const part = (name, ...lines) => [`BEGIN:${name}`, ...lines, `END:${name}`]
const change = (name, start, yearly, from, to) =>
  part(name, `DTSTART:${start}`, `RRULE:FREQ=YEARLY;${yearly}`, `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`)
const zone = part(
  'VTIMEZONE',
  'TZID:America/New_York',
  ...change('DAYLIGHT', '20070311T020000', 'BYMONTH=3;BYDAY=2SU', '-0500', '-0400'),
  ...change('STANDARD', '20071104T020000', 'BYMONTH=11;BYDAY=1SU', '-0400', '-0500')
)
export function calendar (start) {
  const event = part('VEVENT', 'UID:1', `DTSTART;TZID=America/New_York:${start}`, rule)
  return [...part('VCALENDAR', 'VERSION:2.0', 'PRODID:windows', ...zone, ...event), ''].join('\r\n')
}
END
cat >seen.mjs <<'END'
import { writeFileSync } from 'node:fs'
import ICAL from 'ical.js'
import rrule from 'rrule'
import { RRuleTemporal } from 'rrule-temporal'
import { calendar, rule } from './calendar.mjs'
const minute = (at) => new Date(at).toISOString().slice(0, 16)
const show = (name, instants) => console.log(name.padEnd(22), instants.map(minute).join(' '))
for (const [night, start] of [['spring', '20270313T023000'], ['autumn', '20271106T013000']]) {
  writeFileSync(`${night}.ics`, calendar(start))
  const lines = [`DTSTART;TZID=America/New_York:${start}`, rule].join('\n')
  show(`${night}, rrule`, rrule.rrulestr(lines).all())
  const temporal = new RRuleTemporal({ rruleString: lines }).all()
  show(`${night}, rrule-temporal`, temporal.map((at) => at.epochMilliseconds))
  const component = new ICAL.Component(ICAL.parse(calendar(start)))
  const zone = new ICAL.Timezone(component.getFirstSubcomponent('vtimezone'))
  ICAL.TimezoneService.register(zone)
  const iterator = new ICAL.Event(component.getFirstSubcomponent('vevent')).iterator()
  show(`${night}, ical.js`, [0, 1, 2].map(() => iterator.next().toJSDate()))
}
END
cat >seen.py <<'END'
import datetime, icalendar, recurring_ical_events, zoneinfo
from dateutil.rrule import rrulestr
def show(name, instants):
    minutes = [at.astimezone(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M') for at in instants]
    print(name.ljust(22), ' '.join(minutes))
for night, start in [('spring', '20270313T023000'), ('autumn', '20271106T013000')]:
    zone = zoneinfo.ZoneInfo('America/New_York')
    first = datetime.datetime.strptime(start, '%Y%m%dT%H%M%S').replace(tzinfo=zone)
    show(f'{night}, dateutil', list(rrulestr('RRULE:FREQ=DAILY;COUNT=3', dtstart=first)))
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(open(f'{night}.ics').read())).all()
    show(f'{night}, icalendar', [event['DTSTART'].dt for event in events])
END
both() { node seen.mjs; "$python" seen.py; }
expect both <<'END'
spring, rrule          2027-03-13T07:30 2027-03-14T07:30 2027-03-15T06:30
spring, rrule-temporal 2027-03-13T07:30 2027-03-15T06:30 2027-03-16T06:30
spring, ical.js        2027-03-13T07:30 2027-03-14T06:30 2027-03-15T06:30
autumn, rrule          2027-11-06T05:30 2027-11-07T05:30 2027-11-08T06:30
autumn, rrule-temporal 2027-11-06T05:30 2027-11-07T05:30 2027-11-08T06:30
autumn, ical.js        2027-11-06T05:30 2027-11-07T06:30 2027-11-08T06:30
spring, dateutil       2027-03-13T07:30 2027-03-14T07:30 2027-03-15T06:30
spring, icalendar      2027-03-13T07:30 2027-03-14T07:30 2027-03-15T06:30
autumn, dateutil       2027-11-06T05:30 2027-11-07T05:30 2027-11-08T06:30
autumn, icalendar      2027-11-06T05:30 2027-11-07T05:30 2027-11-08T06:30
END
