#!/usr/bin/env bash
# csv-parse 7.0.3: a header that ends in another kind of line end puts a carriage return into every last field.
#
# Which line ends a file has is found out by itself, and one guesses: line by line, as RFC 4180's readers and
# spreadsheets do. The first line decides for all. A header written by hand or by another program ends in \n, the rows
# of an export in \r\n: each last value gets an invisible \r, and 'TRUE\r' is not TRUE. Two columns of one name are one
# column, of which the last value stays, without an error.
#
# The product's import refuses values that it does not know, by line and column, and what is missing by name
# (infra/embedded/src/import/servicenow.ts, rowFaults).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages csv-parse@7.0.3
cat >seen.mjs <<'END'
import { parse } from 'csv-parse/sync'
const show = (text) => console.log(JSON.stringify(text), '→', JSON.stringify(parse(text, { columns: true })))
show('number,met\r\n1,TRUE\r\n2,TRUE\n')
show('number,met\n1,TRUE\r\n2,TRUE\r\n')
show('number,met,met\n1,TRUE,FALSE\n')
END
expect node seen.mjs <<'END'
"number,met\r\n1,TRUE\r\n2,TRUE\n" → [{"number":"1","met":"TRUE"},{"number":"2","met":"TRUE\n"}]
"number,met\n1,TRUE\r\n2,TRUE\r\n" → [{"number":"1","met":"TRUE\r"},{"number":"2","met":"TRUE\r"}]
"number,met,met\n1,TRUE,FALSE\n" → [{"number":"1","met":"FALSE"}]
END
