#!/usr/bin/env bash
# businesstimedelta 1.0.1 (Python): somebody who writes during the night shift is not in the night shift.
#
# Rules may run past midnight (22:00 to 06:00) since 1.0.1, and a whole night counts as eight hours. A guess is that a
# part of it counts as that part. A span that begins inside the shift is not seen at all: 23:00 to 08:00 is 0 h instead
# of 7, so whatever is opened at night stands still until the next evening.
#
# The product asks what is open, and never which shift a time belongs to: cutting a span anywhere changes nothing, by
# property (packages/business-time/README.md, rule 5), with shifts past midnight among the calendars
# (packages/business-time/test/unit/arbitraries.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
python_packages businesstimedelta==1.0.1
cat >seen.py <<'END'
from datetime import datetime, time
from businesstimedelta import WorkDayRule
night = WorkDayRule(start_time=time(22), end_time=time(6), working_days=[0, 1, 2, 3, 4])
end = datetime(2026, 3, 3, 8)
for start in [datetime(2026, 3, 2, 20), datetime(2026, 3, 2, 23), datetime(2026, 3, 3, 2)]:
    counted = night.difference(start, end)
    print(f'{start:%a %H:%M} to {end:%a %H:%M}: {counted.hours} h {counted.seconds} s')
END
expect "$python" -W ignore seen.py <<'END'
Mon 20:00 to Tue 08:00: 8 h 0 s
Mon 23:00 to Tue 08:00: 0 h 0 s
Tue 02:00 to Tue 08:00: 0 h 0 s
END
