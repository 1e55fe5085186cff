#!/usr/bin/env bash
# json-rules-engine 7.3.1: a fact that is missing is an error; a field that is missing inside a fact is "not P1".
#
# An engine that throws for an unknown fact seems to be strict, so one guesses that a path which leads nowhere throws
# too, or matches nothing. It is undefined, and undefined is not equal to 'P1' and not in a list: the rule "everything
# but P1" fires for tickets that have no priority yet. (json-logic-js 2.0.5 goes further: a missing number is less than
# 4.)
#
# In the product's tables a field that a ticket does not have matches no condition, for every operator
# (services/sla-policy/src/domain/condition.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages json-rules-engine@7.3.1 json-logic-js@2.0.5
cat >seen.mjs <<'END'
import rules from 'json-rules-engine'
import logic from 'json-logic-js'
async function fires (condition, facts) {
  const engine = new rules.Engine([{ conditions: { all: [condition] }, event: { type: 'x' } }])
  return await engine.run(facts).then(
    ({ events }) => (events.length === 1 ? 'fires' : 'does not fire'),
    ({ message }) => message
  )
}
const notP1 = { fact: 'ticket', operator: 'notEqual', value: 'P1' }
console.log('no ticket:', await fires(notP1, {}))
console.log('a ticket without priority, notEqual P1:', await fires({ ...notP1, path: '$.priority' }, { ticket: {} }))
console.log(
  'a ticket without priority, notIn [P1]: ',
  await fires({ ...notP1, path: '$.priority', operator: 'notIn', value: ['P1'] }, { ticket: {} })
)
console.log('json-logic-js, hours < 4 without hours:', logic.apply({ '<': [{ var: 'hours' }, 4] }, {}))
END
expect node seen.mjs <<'END'
no ticket: Undefined fact: ticket
a ticket without priority, notEqual P1: fires
a ticket without priority, notIn [P1]:  fires
json-logic-js, hours < 4 without hours: true
END
