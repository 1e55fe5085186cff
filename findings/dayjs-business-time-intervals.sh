#!/usr/bin/env bash
# dayjs-business-time 1.0.4: hours that touch give a free minute each, and of three intervals a day the middle one does
# not count.
#
# A day of 09-12 and 12-17 is a day of 09-17 to anyone: eight hours from 09:00 end at 17:00. Here they end at 09:01 on
# the next day. And the difference over a day of 09-10, 11-12 and 13-14 is two hours, not three, while adding three
# hours is right. Its README offers as many intervals a day as one wants; with one all is well.
#
# The product merges intervals that touch before it counts (packages/business-time/src/spans.ts) and holds diff(t,
# add(t, d)) = d for any calendar by a property (packages/business-time/test). The package is only a peer of its
# benchmark (bench/business-time.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages dayjs@1.11.23 dayjs-business-time@1.0.4
cat >seen.mjs <<'END'
import dayjs from 'dayjs'
import businessTime from 'dayjs-business-time'
dayjs.extend(businessTime)
function hours (...intervals) {
  const day = intervals.map(([start, end]) => ({ start: `${start}:00`, end: `${end}:00` }))
  const week = { saturday: null, sunday: null }
  for (const name of ['monday', 'tuesday', 'wednesday', 'thursday', 'friday']) week[name] = day
  dayjs.setBusinessTime(week)
}
const nine = dayjs('2026-03-02 09:00')
hours(['09:00', '17:00'])
console.log('09-17, plus 8 h:       ', nine.addBusinessHours(8).format('YYYY-MM-DD HH:mm'))
hours(['09:00', '12:00'], ['12:00', '17:00'])
console.log('09-12 12-17, plus 8 h: ', nine.addBusinessHours(8).format('YYYY-MM-DD HH:mm'))
hours(['09:00', '10:00'], ['11:00', '12:00'], ['13:00', '14:00'])
console.log('09-10 11-12 13-14, the day in minutes:', nine.businessMinutesDiff(dayjs('2026-03-02 14:00')))
END
expect node seen.mjs <<'END'
09-17, plus 8 h:        2026-03-02 17:00
09-12 12-17, plus 8 h:  2026-03-03 09:01
09-10 11-12 13-14, the day in minutes: 120
END
