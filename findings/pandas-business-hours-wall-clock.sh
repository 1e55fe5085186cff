#!/usr/bin/env bash
# pandas 3.1.1 (Python): business hours of a zone are hours of the clock on the wall, an hour off in the night of the
# change.
#
# Adding an hour as a Timedelta to a time with a zone is exact, and the documentation of BusinessHour speaks of hours
# too. Yet it adds to the wall clock: in the night shift 22:00 to 06:00 seven hours are over after 6 in spring and after
# 8 in autumn. An end that falls into the gap raises an error.
#
# The product opens by the wall clock and counts what really elapses (packages/business-time/README.md, rules 1 and 2),
# also in this night.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
python_packages pandas==3.1.1
cat >seen.py <<'END'
import pandas as pd
shift = dict(start='22:00', end='06:00', weekmask='Mon Tue Wed Thu Fri Sat Sun')
def add(start, hours):
    begin = pd.Timestamp(start, tz='Europe/Berlin')
    try:
        end = begin + pd.offsets.CustomBusinessHour(hours, **shift)
        print(f'{start} + {hours} h: {end:%m-%d %H:%M}, after {(end - begin).total_seconds() / 3600:g} h')
    except ValueError as error:
        print(f'{start} + {hours} h: {error}')
add('2026-03-28 22:00', 7)
add('2026-03-28 23:00', 3)
add('2026-10-24 22:00', 5)
add('2026-10-24 22:00', 7)
END
expect "$python" -W ignore seen.py <<'END'
2026-03-28 22:00 + 7 h: 03-29 05:00, after 6 h
2026-03-28 23:00 + 3 h: 2026-03-29 02:00:00 is a nonexistent time due to daylight savings time. Try using the 'nonexistent' argument.
2026-10-24 22:00 + 5 h: 10-25 03:00, after 6 h
2026-10-24 22:00 + 7 h: 10-25 05:00, after 8 h
END
