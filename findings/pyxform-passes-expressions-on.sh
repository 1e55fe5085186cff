#!/usr/bin/env bash
# pyxform 4.5.0 with openpyxl 3.1.5 (Python): a form is converted without an error or a warning, and says what no device
# can read.
#
# It refuses a wrong reference, an unknown type, a doubled name; so expressions are taken to be checked as well. They
# are not: a constraint without its right side and one with Arabic-Indic digits, which XPath does not know as a number,
# reach the form as they stand. "TRUE" in the column required becomes true(), the Arabic word for yes becomes a path to
# a question of that name, which is never there: the question is optional. And a date cell as the default of a date
# question becomes a time as well.
#
# The product has no questionnaires yet; its conditions are parsed when they are stored (services/sla-policy/src/domain).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
python_packages pyxform==4.5.0 openpyxl==3.1.5
cat >seen.py <<'END'
import datetime, re, openpyxl
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert
def form(*questions):
    book = openpyxl.Workbook()
    book.active.title = 'survey'
    book.active.append(['type', 'name', 'label', 'required', 'constraint', 'default'])
    for question in questions:
        book.active.append(question)
    book.save('form.xlsx')
    warnings = []
    return convert('form.xlsx', warnings=warnings).xform, warnings
text, warnings = form(
    ['text', 'english', 'Name', 'TRUE'],
    ['text', 'arabic', 'Name', 'نعم'],
    ['integer', 'half', 'Age', 'yes', '. >'],
    ['integer', 'digits', 'Age', 'yes', '. > ١٠'],
    ['date', 'day', 'Day', '', '', datetime.date(2026, 3, 29)],
)
for name, attributes in re.findall(r'<bind nodeset="/data/(\w+)" type="\w+"([^>]*)/>', text)[:4]:
    print(name + ':' + attributes)
print('day:', re.search('<day>(.*)</day>', text)[1])
print('warnings:', warnings)
try:
    form(['integer', 'age', 'Age', 'yes', '. > ${nobody}'])
except PyXFormError as error:
    print('a wrong reference:', 'refused' if 'nobody' in str(error) else error)
END
expect "$python" seen.py <<'END'
english: required="true()"
arabic: required="نعم"
half: required="true()" constraint=". &gt;"
digits: required="true()" constraint=". &gt; ١٠"
day: 2026-03-29 00:00:00
warnings: []
a wrong reference: refused
END
