#!/usr/bin/env bash
# Node 20.11.1 and 20.20.2: within one release line, the date of a Saudi reader changed from Hijri to Gregorian.
#
# `ar-SA` is known to print the Hijri calendar of Umm al-Qura, and a patch of a line with long-term support is taken to
# change no output. Node updates ICU within a line, and CLDR made Gregorian the default for Saudi Arabia: the same
# program prints the year 1448 or 2026. The digits of plain `ar` changed as well. A test that pins Node's major number
# does not pin this.
#
# The product formats in `ar` and `en` with the Node that its runner brings, pinned by hash
# (docs/adr/0011-node-24-brought-by-the-runner.md; services/notification/src/consumers/reader-time.ts, words.ts), and
# its tests hold the texts.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >seen.mjs <<'END'
const day = new Date('2026-11-28T12:00:00Z')
const year = new Intl.DateTimeFormat('ar-SA', { year: 'numeric' })
  .formatToParts(day)
  .find(({ type }) => type === 'year').value
console.log(
  `Node ${process.versions.node}, ICU ${process.versions.icu}:`,
  `ar-SA ${new Intl.DateTimeFormat('ar-SA').resolvedOptions().calendar}, year ${year};`,
  `ar ${new Intl.NumberFormat('ar').format(2026)}`
)
END
each() {
  for version in 20.11.1 20.20.2; do node_of $version; "$node" seen.mjs; done
}
expect each <<'END'
Node 20.11.1, ICU 73.2: ar-SA islamic-umalqura, year ١٤٤٨; ar ٢٬٠٢٦
Node 20.20.2, ICU 78.2: ar-SA gregory, year ٢٠٢٦; ar 2,026
END
