#!/usr/bin/env bash
# PostgreSQL 18.4: in "PRINTER-42" there is no 42, and "Exchange/Outlook" holds no Outlook.
#
# The `simple` configuration is chosen to keep words as they are; one guesses that it cuts at what is no letter. The
# parser before it knows signed numbers, files, hosts and addresses: -42 is a number (as are -11 and -28 of a date), a
# slash makes a file, a dot a host, and those are one word each. Hyphens between letters are the exception: the whole
# and the parts are words.
#
# The search of tickets puts a blank for every sign before it asks for the words (search_words in
# services/ticket/migrations/0018_search_texts.sql), and reads what is searched for in the same way.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
postgres
cat >seen.mjs <<'END'
import { connect } from './client.mjs'
const client = await connect()
for (const [subject, ...searches] of [
  ['PRINTER-42 fails', '42', 'PRINTER-42'],
  ['Exchange/Outlook down', 'Outlook', 'Exchange/Outlook'],
  ['db1.example.com is slow', 'db1'],
  ['outage of 2026-11-28', '28'],
  ['Wi-Fi broken', 'Fi']
]) {
  const {
    rows: [{ words }]
  } = await client.query("select to_tsvector('simple', $1)::text as words", [subject])
  console.log(`${subject}: ${words}`)
  for (const search of searches) {
    const {
      rows: [{ found }]
    } = await client.query("select to_tsvector('simple', $1) @@ websearch_to_tsquery('simple', $2) as found", [
      subject,
      search
    ])
    console.log(`  ${search}: ${found ? 'found' : 'not found'}`)
  }
}
await client.end()
END
expect node seen.mjs <<'END'
PRINTER-42 fails: '-42':2 'fails':3 'printer':1
  42: not found
  PRINTER-42: found
Exchange/Outlook down: 'down':2 'exchange/outlook':1
  Outlook: not found
  Exchange/Outlook: found
db1.example.com is slow: 'db1.example.com':1 'is':2 'slow':3
  db1: not found
outage of 2026-11-28: '-11':4 '-28':5 '2026':3 'of':2 'outage':1
  28: not found
Wi-Fi broken: 'broken':4 'fi':3 'wi':2 'wi-fi':1
  Fi: found
END
