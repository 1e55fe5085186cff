#!/usr/bin/env bash
# tap-parser 18.3.4: a failed test whose name holds U+2028 is not there, and the whole is passed.
#
# TAP is a format of lines that end in a line feed; names are free text, and tests of Unicode put the line separator
# (U+2028) or a lone carriage return into theirs. One guesses that the name is cut or shown as it is. What came in with
# it, `not ok` included, is no longer TAP to the parser: no assertion, no plan, no leftover line, and the result is ok
# with "no tests found".
#
# The product's runner does not trust the word ok: a file in which no test ran, or that exits with anything but 0, has
# failed (tools/test-file.ts, faultsOf).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages tap-parser@18.3.4
cat >seen.mjs <<'END'
import { Parser } from 'tap-parser'
for (const [name, character] of [
  ['a space', ' '],
  ['U+2028', '\u2028'],
  ['U+2029', '\u2029'],
  ['a carriage return', '\r']
]) {
  const asserted = []
  const parser = new Parser(({ ok, count, plan }) => {
    console.log(
      `with ${name} in its name: ${asserted.join() || 'nothing seen'};`,
      `result ok: ${ok}, tests: ${count}${plan.skipReason ? `, ${plan.skipReason}` : ''}`
    )
  })
  parser.on('assert', ({ ok }) => asserted.push(ok ? 'ok' : 'not ok'))
  parser.end(`TAP version 14\nnot ok 1 - what${character}fails\n1..1\n`)
}
END
expect node seen.mjs <<'END'
with a space in its name: not ok; result ok: false, tests: 1
with U+2028 in its name: nothing seen; result ok: true, tests: 0, no tests found
with U+2029 in its name: nothing seen; result ok: true, tests: 0, no tests found
with a carriage return in its name: nothing seen; result ok: true, tests: 0, no tests found
END
