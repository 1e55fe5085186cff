import { formatInstant } from '@dueline/business-time'
import { ticketStatuses } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { factsOfHistory, peopleOf } from '../../src/domain/history.ts'
import { importLineFaults, readImportLine, type ImportLine } from '../../src/domain/import-line.ts'
import { importedPersonId } from '../../src/imports/person-id.ts'
import { jsonFault } from '../../src/domain/texts.ts'

const from = 1_456_700_000_000_000
const now = from + 1_000_000_000_000
let counter = 0
const frame = {
  ticketId: '01900000-0000-7000-8000-000000000001',
  number: 'T-000001',
  messageId: () => `m${++counter}`,
  person: (externalId: string) => ({ id: importedPersonId('acme', externalId), screenName: externalId })
}
const at = fc.integer({ min: 0, max: 20 }).map((minute) => formatInstant(from + minute * 60_000_000))
const fact = fc.oneof(
  fc.record({ at, kind: fc.constant('status_changed' as const), to: fc.constantFrom(...ticketStatuses) }),
  fc.record({ at, kind: fc.constant('priority_changed' as const), to: fc.constantFrom('P0' as const, 'P3' as const) }),
  fc.record({ at, kind: fc.constant('assigned' as const), assignee: fc.option(fc.constantFrom({ externalId: 'r1' }, { externalId: 'r2' })), team: fc.constantFrom('a', 'b') }),
  fc.record({ at, kind: fc.constant('message' as const), messageKind: fc.constant('public' as const), by: fc.constantFrom('customer' as const, 'agent' as const) }))
const line = fc.array(fact, { maxLength: 25 }).map((facts): ImportLine => ({
  externalId: 'INC1', subject: 's', priority: 'P2', customer: { externalId: 'c1' }, createdAt: formatInstant(from), facts
}))

void t.test('a history is its facts by time, then by place: consecutive versions, nothing empty', async () => {
  fc.assert(fc.property(line, (line) => {
    if (importLineFaults(line, now).length > 0) throw new Error('the line is valid')
    const facts = factsOfHistory(line, frame)
    facts.forEach((each, i) => {
      const before = facts[i - 1]
      if (each.ticket.version !== i + 1) throw new Error('versions must be consecutive')
      if (before === undefined) return
      if (each.at < before.at) throw new Error('times must not go back')
      if ('from' in each.change && JSON.stringify(each.change.from) === JSON.stringify(each.change.to)) throw new Error('a fact that changes nothing')
    })
    const last = line.facts.filter(({ kind }) => kind === 'status_changed').sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0).at(-1)
    if (facts.at(-1)!.ticket.status !== (last === undefined ? 'new' : (last as { to: string }).to)) throw new Error('the last status wins')
  }))
})

void t.test('the order of facts with different times does not matter', async () => {
  const distinct = fc.uniqueArray(fact, { selector: (each) => each.at, maxLength: 15 })
  fc.assert(fc.property(distinct, fc.infiniteStream(fc.nat()), (facts, random) => {
    const base = { externalId: 'INC1', subject: 's', priority: 'P2' as const, customer: { externalId: 'c1' }, createdAt: formatInstant(from) }
    const shuffled = facts.map((each) => ({ each, key: random.next().value as number })).sort((a, b) => a.key - b.key).map(({ each }) => each)
    counter = 0
    const straight = JSON.stringify(factsOfHistory({ ...base, facts }, frame))
    counter = 0
    if (straight !== JSON.stringify(factsOfHistory({ ...base, facts: shuffled }, frame))) throw new Error('order matters')
  }))
})

void t.test('people, and lines that are none', async (t) => {
  const [only] = fc.sample(line, 1)
  t.match(peopleOf({ ...only!, facts: [{ at: formatInstant(from), kind: 'assigned', assignee: { externalId: 'r1', name: 'R' } }, { at: formatInstant(from), kind: 'assigned', assignee: null }] }), [
    { externalId: 'c1', role: 'customer' }, { externalId: 'r1', name: 'R', role: 'agent' }
  ])
  t.match(readImportLine('[', now), { line: null, faults: [{ pointer: '', message: 'is not JSON' }] })
  t.match(readImportLine('5', now).faults, [{ pointer: '' }])
  t.match(readImportLine('{"facts":[null]}', now).faults.at(-1), { pointer: '/facts/0/kind' })
  t.match(importLineFaults({ ...only, facts: [{ at: '2016-02-30T00:00:00Z', kind: 'message', messageKind: 'public', by: 'agent' }] }, now), [{ pointer: '/facts/0/at', message: 'is not a date that exists' }])
  t.match(importLineFaults({ ...only, facts: [{ at: formatInstant(now + 1), kind: 'message', messageKind: 'public', by: 'agent' }] }, now), [{ message: 'lies in the future' }])
})

void t.test('ids of imported people are UUIDs that depend on tenant and external id only', async (t) => {
  t.match(importedPersonId('acme', 'Caller 1'), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.equal(importedPersonId('acme', 'Caller 1'), importedPersonId('acme', 'Caller 1'))
  t.not(importedPersonId('acme', 'Caller 1'), importedPersonId('globex', 'Caller 1'))
})

void t.test('JSON that Postgres cannot keep is found before', async (t) => {
  t.equal(jsonFault({ a: 'fine \\u0000 \\\\u0000 😀', ü: [null] }, '/custom'), null)
  t.match(jsonFault({ a: 'x\u0000' }, '/custom'), { pointer: '/custom' })
  t.match(jsonFault({ a: '\\\u0000' }, '/custom'), { pointer: '/custom' })
  t.match(jsonFault({ a: ['\ud800'] }, '/custom'), { pointer: '/custom' })
  t.match(jsonFault({ '\udc00': 1 }, '/custom'), { pointer: '/custom' })
  t.match(jsonFault({ a: 'x'.repeat(65_530) }, '/custom'), { message: /longer/ })
})
