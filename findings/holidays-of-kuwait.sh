#!/usr/bin/env bash
# date-holidays 3.37.0 (npm), holidays 0.109 (Python): Kuwait has no holidays, Saudi Arabia's begin six hours early or
# last longer.
#
# A library that says 200 countries and takes a code without an error is taken to know that country. For Kuwait, Qatar,
# Oman and Jordan (and for codes that are none) the list is empty: clocks run through Eid. For Saudi Arabia Eid al-Fitr
# is one entry whose `date` reads "2026-03-19 00:00:00 -0600": that is no offset but six hours before midnight, it lasts
# four days, and Date reads it 15 hours late. The Python library has 13 days for Kuwait, raises for unknown codes, and
# gives the Saudis two more days in the same March.
#
# The product's calendars hold dates that somebody entered (packages/business-time/src/spec.ts, holidays) and take none
# from a library.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages date-holidays@3.37.0
python_packages holidays==0.109
cat >seen.mjs <<'END'
import Holidays from 'date-holidays'
for (const country of ['SA', 'AE', 'KW', 'QA', 'OM', 'JO', 'XX'])
  console.log(`date-holidays, ${country} 2026:`, new Holidays(country).getHolidays(2026).length)
const { date, start, end } = new Holidays('SA').getHolidays(2026).find(({ name }) => name.includes('الفطر'))
console.log(
  `Eid al-Fitr: date "${date}", from ${start.toISOString()} to ${end.toISOString()},`,
  `as Date ${new Date(date).toISOString()}`
)
END
cat >seen.py <<'END'
import holidays
for country in ['SA', 'AE', 'KW', 'QA', 'OM', 'JO', 'XX']:
    try:
        print(f'holidays, {country} 2026:', len(holidays.country_holidays(country, years=2026)))
    except NotImplementedError as error:
        print(f'holidays, {country} 2026:', error)
march = [day for day in sorted(holidays.country_holidays('SA', years=2026)) if day.month == 3]
print(f'Eid al-Fitr: {march[0]} to {march[-1]}, {len(march)} days')
END
both() { node seen.mjs; "$python" seen.py; }
expect both <<'END'
date-holidays, SA 2026: 4
date-holidays, AE 2026: 8
date-holidays, KW 2026: 0
date-holidays, QA 2026: 0
date-holidays, OM 2026: 0
date-holidays, JO 2026: 0
date-holidays, XX 2026: 0
Eid al-Fitr: date "2026-03-19 00:00:00 -0600", from 2026-03-18T15:00:00.000Z to 2026-03-22T15:00:00.000Z, as Date 2026-03-19T06:00:00.000Z
holidays, SA 2026: 13
holidays, AE 2026: 13
holidays, KW 2026: 13
holidays, QA 2026: 8
holidays, OM 2026: 14
holidays, JO 2026: 14
holidays, XX 2026: Country XX not available
Eid al-Fitr: 2026-03-19 to 2026-03-24, 6 days
END
