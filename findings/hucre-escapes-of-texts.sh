#!/usr/bin/env bash
# hucre 1.0.0, openpyxl 3.1.5: a cell whose text is "_x000D_" is written as it is and comes back as a line break.
#
# In a workbook "_xHHHH_" stands for the character of that number (ECMA-376, ST_Xstring), so that a text which really
# reads so must have its first underscore escaped as "_x005F_". hucre decodes when it reads and escapes nothing when it
# writes: article numbers and names such as "CABLE_x0041_RED" are other texts after a round trip, without a word.
# openpyxl, reading the same file, takes only the escape of the underscore away and leaves the others as they stand: two
# readers of one workbook disagree, and of what Excel writes for a line break it shows the code.
#
# The product escapes such texts before they are written (services/sla-policy: withoutEscapes in sheet-file.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages hucre@1.0.0
python_packages openpyxl==3.1.5
cat >write.mjs <<'END'
import { writeFile } from 'node:fs/promises'
import { readXlsx, writeXlsx } from 'hucre'
const texts = ['CABLE_x0041_RED', 'line_x000D_feed', '_x005F_x0041_']
const bytes = await writeXlsx({ sheets: [{ name: 'Rows', rows: texts.map((text) => [text]) }] })
await writeFile('rows.xlsx', bytes)
const { sheets } = await readXlsx(bytes)
for (const [i, text] of texts.entries()) console.log(`${text} by hucre: ${JSON.stringify(sheets[0].rows[i][0])}`)
END
cat >read.py <<'END'
import json, openpyxl
for (cell,) in openpyxl.load_workbook('rows.xlsx').active.iter_rows(values_only=True):
    print('by openpyxl:', json.dumps(cell))
END
seen() { node write.mjs; "$python" read.py; }
expect seen <<'END'
CABLE_x0041_RED by hucre: "CABLEARED"
line_x000D_feed by hucre: "line\rfeed"
_x005F_x0041_ by hucre: "_x0041_"
by openpyxl: "CABLE_x0041_RED"
by openpyxl: "line_x000D_feed"
by openpyxl: "_x0041_"
END
