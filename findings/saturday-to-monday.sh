#!/usr/bin/env bash
# date-fns 4.4.0, numpy 2.4.6, workalendar 17.0.0: how many working days is it from Saturday to Monday? 0, 1 or -1, and
# each differs from itself when asked backwards.
#
# All three add one working day to a Saturday (numpy: rolled back to Friday) and land on Monday, so one guesses that the
# difference is 1 one way and -1 the other. date-fns: 0 and -1. numpy: 0 and -1 (1 and -1 from Friday). workalendar: 1
# and 1, never negative. So none inverts its own addition.
#
# In the product diff is antisymmetric and inverts add, by property (packages/business-time/src/calendar.ts); working
# days are only added, counted from a date with any open time (packages/business-time/src/working-days.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages date-fns@4.4.0
python_packages numpy==2.4.6 workalendar==17.0.0
cat >seen.mjs <<'END'
import { addBusinessDays, differenceInBusinessDays } from 'date-fns'
const [saturday, monday] = [new Date(2026, 2, 7), new Date(2026, 2, 9)]
const landing = addBusinessDays(saturday, 1).getTime() === monday.getTime() ? 'Monday' : 'elsewhere'
console.log(
  `date-fns: Saturday + 1 is ${landing}; there ${differenceInBusinessDays(monday, saturday)},`,
  `back ${differenceInBusinessDays(saturday, monday)}`
)
END
cat >seen.py <<'END'
import datetime, numpy as np
from workalendar.europe import Germany
saturday, monday = datetime.date(2026, 3, 7), datetime.date(2026, 3, 9)
landing = np.busday_offset(saturday, 1, roll='backward')
print(f'numpy: Saturday + 1 is {"Monday" if landing == np.datetime64(monday) else "elsewhere"}; '
      f'there {np.busday_count(saturday, monday)}, back {np.busday_count(monday, saturday)}')
germany = Germany()
landing = germany.add_working_days(saturday, 1)
print(f'workalendar: Saturday + 1 is {"Monday" if landing == monday else "elsewhere"}; '
      f'there {germany.get_working_days_delta(saturday, monday)}, '
      f'back {germany.get_working_days_delta(monday, saturday)}')
END
both() { node seen.mjs; "$python" -W ignore seen.py; }
expect both <<'END'
date-fns: Saturday + 1 is Monday; there 0, back -1
numpy: Saturday + 1 is Monday; there 0, back -1
workalendar: Saturday + 1 is Monday; there 1, back 1
END
