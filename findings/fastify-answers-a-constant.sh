#!/usr/bin/env bash
# fastify 5.12.8 (fast-json-stringify 7): where the schema of an answer has a constant, the caller reads it whatever the
# value was.
#
# Answers are not validated, so one guesses that a value which breaks the schema either goes out as it is (as with an
# enum) or is an error (as with a missing required field). A `const` is written from the schema: 'closed' goes out as
# 'open', and a list of anything as a list of the constant. Union members told apart by a literal look right in every
# test of their own.
#
# Most of the product's answers hold enums, which are written as they are (packages/contracts/src/vocabulary.ts,
# stringEnum); the few constants are of values that were validated by the same schema before they were kept
# (services/escalation/src/routes/ladder-schema.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages fastify@5.12.8
cat >seen.mjs <<'END'
import Fastify from 'fastify'
const app = Fastify()
const properties = {
  status: { const: 'open' },
  kind: { type: 'string', enum: ['a'] },
  marks: { type: 'array', items: { const: 'met' } }
}
app.get('/', { schema: { response: { 200: { type: 'object', properties } } } }, async () => ({
  status: 'closed',
  kind: 'b',
  marks: ['met', 'breached']
}))
console.log('returned: {"status":"closed","kind":"b","marks":["met","breached"]}')
console.log('answered:', (await app.inject('/')).body)
END
expect node seen.mjs <<'END'
returned: {"status":"closed","kind":"b","marks":["met","breached"]}
answered: {"status":"open","kind":"b","marks":["met","met"]}
END
