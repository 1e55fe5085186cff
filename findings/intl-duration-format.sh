#!/usr/bin/env bash
# Node 24.21.0, Intl.DurationFormat: no duration is an empty text, ninety seconds are 0:00:90, and a negative one has
# one minus for all.
#
# A formatter of durations is taken to carry over (0:01:30), to write "0 seconds" where there is nothing, and to round
# as NumberFormat does. It shows the fields that it is given, leaves out all that are zero, even when nothing remains,
# cuts fractions off, and sets the sign at the first unit only: "-1 hour, 5 minutes" reads as minus 55 minutes. A
# misspelt unit beside a right one is ignored.
#
# The product writes durations unit by unit with NumberFormat and ListFormat, has a word for the shortest, and never
# shows more than is left (services/notification/src/domain/words.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
node_of 24.21.0
cat >seen.mjs <<'END'
const show = (options, duration) =>
  console.log(
    JSON.stringify(options),
    JSON.stringify(duration),
    '→',
    JSON.stringify(new Intl.DurationFormat('en', options).format(duration))
  )
show({ style: 'long' }, { hours: 0, minutes: 0 })
show({ style: 'digital' }, { seconds: 90 })
show({ style: 'digital', fractionalDigits: 0 }, { seconds: 59, milliseconds: 999 })
show({ style: 'long' }, { hours: -1, minutes: -5 })
show({ style: 'long' }, { hours: 1, minute: 30 })
END
expect "$node" seen.mjs <<'END'
{"style":"long"} {"hours":0,"minutes":0} → ""
{"style":"digital"} {"seconds":90} → "0:00:90"
{"style":"digital","fractionalDigits":0} {"seconds":59,"milliseconds":999} → "0:00:59"
{"style":"long"} {"hours":-1,"minutes":-5} → "-1 hour, 5 minutes"
{"style":"long"} {"hours":1,"minute":30} → "1 hour"
END
