#!/usr/bin/env bash
# ajv 8.20.0 with coerceTypes, as in fastify 5.12.8's query strings: ?limit=0x10 is 16, and 9007199254740993 is another
# number.
#
# Coercion of an integer is taken to want digits. What JavaScript makes of the text by `+text` counts: hexadecimal,
# binary, exponents, spaces and line breaks around it, and Infinity for a number, which the answer then shows as null.
# An integer beyond 2^53 is not refused, it becomes its neighbour: a cursor or an id of 64 bits comes out as somebody
# else's. `1` for a boolean, which many send, is refused.
#
# The product reads query strings so (packages/http/src/validation.ts), which does no harm: ids and cursors are texts,
# and its integers are small and bounded by schema, so 0x10 is 16.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages fastify@5.12.8
cat >seen.mjs <<'END'
import Fastify from 'fastify'
const app = Fastify()
const properties = { limit: { type: 'integer' }, share: { type: 'number' }, open: { type: 'boolean' } }
app.get('/', { schema: { querystring: { type: 'object', properties } } }, async ({ query }) => query)
for (const query of [
  'limit=0x10',
  'limit=0b11',
  'limit=1e2',
  'limit=%0A5%20',
  'limit=9007199254740993',
  'limit=1_0',
  'share=Infinity',
  'open=1'
]) {
  const { statusCode, body } = await app.inject(`/?${query}`)
  console.log(query, statusCode, statusCode === 200 ? body : JSON.parse(body).message)
}
END
expect node seen.mjs <<'END'
limit=0x10 200 {"limit":16}
limit=0b11 200 {"limit":3}
limit=1e2 200 {"limit":100}
limit=%0A5%20 200 {"limit":5}
limit=9007199254740993 200 {"limit":9007199254740992}
limit=1_0 400 querystring/limit must be integer
share=Infinity 200 {"share":null}
open=1 400 querystring/open must be boolean
END
