#!/usr/bin/env bash
# exceljs 4.4.0 (npm), openpyxl 3.1.5 (Python): a cell that reads "4 h" is a day of January 1900, a date kept as ISO is
# in 1905.
#
# A number with its unit in the format is how people write times to answer into a table: 4 formatted as 0\ \h, 30 as
# General\m. exceljs takes the escaped letter for a format of dates and gives a Date (the same letter in quotes leaves
# the number); two days in [hh]:mm are 1 January 1900; and cells that hold dates as ISO text, which the format allows
# (openpyxl writes them on request), are read by their first digits: 2026-03-29 as serial 2026, which is in 1905.
# Nothing is raised. openpyxl reads all of them as they were meant.
#
# The product reads durations as ISO 8601 text (packages/contracts) and no workbooks.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages exceljs@4.4.0
python_packages openpyxl==3.1.5
cat >write.py <<'END'
import datetime, openpyxl
book = openpyxl.Workbook()
sheet = book.active
def cell(row, value, form):
    sheet.cell(row, 1, value).number_format = form
cell(1, 4, '0" h"')
cell(2, 4, '0\\ \\h')
cell(3, 30, 'General\\m')
cell(4, 2, '[hh]:mm')
cell(5, datetime.timedelta(hours=48), '[hh]:mm:ss')
book.save('table.xlsx')
book = openpyxl.Workbook(iso_dates=True)
sheet = book.active
cell(1, datetime.date(2026, 3, 29), 'yyyy-mm-dd')
cell(2, datetime.time(9, 30), 'hh:mm')
cell(3, datetime.datetime(2026, 3, 29, 9, 30), 'yyyy-mm-dd hh:mm')
book.save('iso.xlsx')
END
cat >read.py <<'END'
import openpyxl
for name in ['table.xlsx', 'iso.xlsx']:
    for (cell,) in openpyxl.load_workbook(name).active.iter_rows():
        print('openpyxl', name, cell.number_format, repr(cell.value))
END
cat >read.mjs <<'END'
import exceljs from 'exceljs'
for (const name of ['table.xlsx', 'iso.xlsx']) {
  const book = await new exceljs.Workbook().xlsx.readFile(name)
  book.worksheets[0].eachRow((row) => {
    const cell = row.getCell(1)
    console.log('exceljs ', name, cell.numFmt, cell.value instanceof Date ? cell.value.toISOString() : cell.value)
  })
}
END
"$python" write.py
both() { "$python" read.py; node read.mjs; }
expect both <<'END'
openpyxl table.xlsx 0" h" 4
openpyxl table.xlsx 0\ \h 4
openpyxl table.xlsx General\m 30
openpyxl table.xlsx [hh]:mm datetime.timedelta(days=2)
openpyxl table.xlsx [hh]:mm:ss datetime.timedelta(days=2)
openpyxl iso.xlsx yyyy-mm-dd datetime.date(2026, 3, 29)
openpyxl iso.xlsx hh:mm datetime.time(9, 30)
openpyxl iso.xlsx yyyy-mm-dd hh:mm datetime.datetime(2026, 3, 29, 9, 30)
exceljs  table.xlsx 0" h" 4
exceljs  table.xlsx 0 h 1900-01-03T00:00:00.000Z
exceljs  table.xlsx Generalm 1900-01-29T00:00:00.000Z
exceljs  table.xlsx [hh]:mm 1900-01-01T00:00:00.000Z
exceljs  table.xlsx [hh]:mm:ss 1900-01-01T00:00:00.000Z
exceljs  iso.xlsx yyyy-mm-dd 1905-07-18T00:00:00.000Z
exceljs  iso.xlsx hh:mm 1900-01-08T00:00:00.000Z
exceljs  iso.xlsx yyyy-mm-dd hh:mm 1905-07-18T00:00:00.000Z
END
