#!/usr/bin/env bash
# moment-business-time 2.0.0: with a lunch break, a working day has minus seven hours.
#
# Its README gives several pairs a day for breaks. Adding time then walks over the break rightly, so one guesses that
# differences do too, or that they count the break. They come out with the wrong sign, as nothing, or for time inside
# the break as work; a test of one span before lunch (08:00 to 10:00 gives 2, though work begins at 09:00) says that
# something is counted.
#
# The product answers add and diff from one function of open time (packages/business-time/src/open-time.ts), so that
# each is the inverse of the other; properties hold that (packages/business-time/test).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages moment-business-time@2.0.0
cat >seen.cjs <<'END'
const moment = require('moment-business-time')
const pairs = ['09:00:00', '12:00:00', '13:00:00', '17:00:00']
moment.updateLocale('en', { workinghours: { 0: null, 1: pairs, 2: pairs, 3: pairs, 4: pairs, 5: pairs, 6: null } })
const at = (time) => moment(`2026-03-02 ${time}`)
for (const [from, to] of [
  ['08:00', '10:00'],
  ['09:00', '11:00'],
  ['09:00', '17:00'],
  ['10:00', '14:00'],
  ['12:30', '12:45']
]) {
  console.log(`${from} to ${to}: ${at(from).workingDiff(at(to), 'hours', true)} h`)
}
console.log(`11:00 plus 2 h: ${at('11:00').addWorkingTime(2, 'hours').format('HH:mm')}`)
END
expect node seen.cjs <<'END'
08:00 to 10:00: 2 h
09:00 to 11:00: 0 h
09:00 to 17:00: -7 h
10:00 to 14:00: -3 h
12:30 to 12:45: 0.25 h
11:00 plus 2 h: 14:00
END
