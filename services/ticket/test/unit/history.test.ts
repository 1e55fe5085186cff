import { formatInstant } from '@dueline/business-time'
import { ticketStatuses } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { factsAfter, inOrder, newAmong, opening, peopleOf, type KnownHistory } from '../../src/domain/history.ts'
import { importLineFaults, readImportLine } from '../../src/domain/import-faults.ts'
import type { ImportedFact, ImportLine } from '../../src/domain/import-line.ts'
import { factKey } from '../../src/imports/fact-key.ts'
import { idOfExternal } from '@dueline/service'
import { jsonFault } from '../../src/domain/texts.ts'
import type { TicketFact } from '../../src/domain/ticket.ts'
import { readTimestamp } from '../../src/domain/timestamps.ts'

const from = 1_456_700_000_000_000
const now = from + 1_000_000_000_000
let counter = 0
const frame = {
  messageId: () => `m${++counter}`,
  person: (externalId: string) => ({ id: idOfExternal('acme', externalId), screenName: externalId })
}
const identity = { ticketId: '01900000-0000-7000-8000-000000000001', number: 'T-000001', ...frame }
const at = fc.integer({ min: 0, max: 20 }).map((minute) => formatInstant(from + minute * 60_000_000))
const assignee = fc.option(fc.constantFrom({ externalId: 'r1' }, { externalId: 'r2' }))
const fact: fc.Arbitrary<ImportedFact> = fc.oneof(
  fc.record({ at, kind: fc.constant('status_changed' as const), to: fc.constantFrom(...ticketStatuses) }),
  fc.record({ at, kind: fc.constant('priority_changed' as const), to: fc.constantFrom('P0' as const, 'P3' as const) }),
  fc.record({ at, kind: fc.constant('assigned' as const), assignee, team: fc.constantFrom('a', 'b') }),
  fc.record({
    at,
    kind: fc.constant('message' as const),
    messageKind: fc.constantFrom('public' as const, 'automatic' as const),
    by: fc.constantFrom('customer' as const, 'agent' as const)
  })
)
const base = {
  externalId: 'INC1',
  subject: 's',
  priority: 'P2' as const,
  customer: { externalId: 'c1' },
  createdAt: formatInstant(from)
}
const line = fc.array(fact, { maxLength: 25 }).map((facts): ImportLine => ({ ...base, facts }))

/** What imports of these lines, one after the other, make of their ticket; null once a line is refused. */
function imported (lines: readonly ImportLine[]): { facts: TicketFact[], known: KnownHistory, added: number[] } | null {
  counter = 0
  const facts: TicketFact[] = [opening(lines[0]!, identity)]
  const added: number[] = []
  let known: KnownHistory = { keys: [], lastAt: from }
  for (const each of lines) {
    const merged = newAmong(inOrder(each, factKey), known)
    if (merged.faults.length > 0) return null
    known = merged.known
    const made = factsAfter(facts.at(-1)!.ticket, merged.added, frame)
    facts.push(...made)
    added.push(merged.added.length)
  }
  return { facts, known, added }
}
const factsOfHistory = (each: ImportLine): TicketFact[] => imported([each])!.facts

void t.test('a history is its facts by time, then by place: consecutive versions, nothing empty', async (t) => {
  fc.assert(fc.property(line, (line) => {
    if (importLineFaults(line, now).length > 0) throw new Error('the line is valid')
    const facts = factsOfHistory(line)
    facts.forEach((each, i) => {
      const before = facts[i - 1]
      if (each.ticket.version !== i + 1) throw new Error('versions must be consecutive')
      if (before === undefined) return
      if (each.at < before.at) throw new Error('times must not go back')
      if ('from' in each.change && JSON.stringify(each.change.from) === JSON.stringify(each.change.to)) {
        throw new Error('a fact that changes nothing')
      }
    })
    const last = line.facts.filter(({ kind }) => kind === 'status_changed').sort((a, b) =>
      a.at < b.at ? -1 : a.at > b.at ? 1 : 0
    ).at(-1)
    if (facts.at(-1)!.ticket.status !== (last === undefined ? 'new' : (last as { to: string }).to)) {
      throw new Error('the last status wins')
    }
  }))
})

void t.test('the order of facts with different times does not matter', async (t) => {
  const distinct = fc.uniqueArray(fact, { selector: (each) => each.at, maxLength: 15 })
  fc.assert(fc.property(distinct, fc.infiniteStream(fc.nat()), (facts, random) => {
    const shuffled = facts.map((each) => ({ each, key: random.next().value as number })).sort((a, b) => a.key - b.key)
      .map(({ each }) => each)
    const straight = JSON.stringify(factsOfHistory({ ...base, facts }))
    if (straight !== JSON.stringify(factsOfHistory({ ...base, facts: shuffled }))) throw new Error('order matters')
  }))
})

/** Where a history is cut, and whether each import brings only what is new or all there is until then. */
const cuts = fc.tuple(fc.array(fc.nat({ max: 25 }), { minLength: 1, maxLength: 4 }), fc.boolean())
const byTime = (a: { at: string }, b: { at: string }): number => a.at < b.at ? -1 : a.at > b.at ? 1 : 0

/** The parts of a history that was cut by time. */
function partsOf (facts: readonly ImportedFact[], places: readonly number[], isCumulative: boolean): ImportLine[] {
  const ordered = [...facts].sort(byTime)
  const ends = [...places].sort((a, b) => a - b).map((place) => Math.min(place, ordered.length))
  return [...ends, ordered.length].map((end, i) => ({
    ...base,
    facts: ordered.slice(isCumulative ? 0 : (ends[i - 1] ?? 0), end)
  }))
}

void t.test('a history in any number of imports ends as in one', async (t) => {
  // the same fact twice in one instant is told apart by its external id only, where each import brings nothing but what
  // is new
  const identified = fc
    .array(fact, { maxLength: 25 })
    .map((facts) => facts.map((each, i) => ({ ...each, externalId: `f${i}` })))
  const unique = fc.uniqueArray(fact, { selector: (each) => JSON.stringify(each), maxLength: 25 })
  const whole = fc.oneof(identified, unique)
  const same = (parts: readonly ImportLine[], facts: readonly ImportedFact[]): void => {
    const one = factsOfHistory({ ...base, facts: [...facts] })
    const many = imported(parts)
    if (many === null) throw new Error('a part was refused')
    if (JSON.stringify(many.facts) !== JSON.stringify(one)) throw new Error('the parts end elsewhere')
    const again = imported([...parts, ...parts])!
    if (again.facts.length !== one.length) throw new Error('a second time adds something')
  }
  fc.assert(
    fc.property(
      whole,
      cuts,
      (facts, [places, isCumulative]) => same(partsOf(facts, places, isCumulative), [...facts].sort(byTime))
    )
  )
  fc.assert(
    fc.property(
      fc.array(fact, { maxLength: 25 }),
      cuts,
      (facts, [places]) => same(partsOf(facts, places, true), [...facts].sort(byTime))
    )
  )
})

void t.test(
  'what is unknown and lies before what is known is refused, in any import; what is known is not',
  async (t) => {
    fc.assert(
      fc.property(fc.array(fact, { minLength: 1, maxLength: 15 }), fact, (facts, late) => {
        const first = imported([{ ...base, facts }])!
        const isBefore = late.at < formatInstant(first.known.lastAt)
        const isKnown = facts.some((each) => JSON.stringify(each) === JSON.stringify(late))
        const second = imported([
          { ...base, facts },
          { ...base, facts: [late] }
        ])
        if ((second === null) !== (isBefore && !isKnown)) {
          throw new Error(`${late.at} was ${second === null ? 'refused' : 'taken'}`)
        }
        if (isKnown && second!.added[1] !== 0) throw new Error('a known fact was added')
      })
    )
  }
)

void t.test('a fact is recognised by its external id, or by all that it says, in whatever zone', async (t) => {
  const said = { at: formatInstant(from), kind: 'message', messageKind: 'public', by: 'agent', body: 'x' } as const
  const added = (first: ImportedFact, second: ImportedFact): number =>
    imported([
      { ...base, facts: [first] },
      { ...base, facts: [second] }
    ])!.added[1]!
  t.equal(added(said, { ...said, at: '2016-02-28T22:53:20+00:00' }), 0)
  t.equal(added(said, { ...said, at: '2016-02-28T23:53:20.000+01:00' }), 0)
  t.equal(added(said, { ...said, body: 'y' }), 1)
  t.equal(added(said, { ...said, messageKind: 'internal' }), 1)
  t.equal(added(said, { ...said, externalId: 'm1' }), 1)
  t.equal(added({ ...said, externalId: 'm1' }, { ...said, externalId: 'm1', body: 'corrected' }), 0)
  t.equal(added({ ...said, externalId: 'm1' }, { ...said, externalId: 'm2' }), 1)
  t.equal(
    added(
      { at: said.at, kind: 'assigned', assignee: { externalId: 'r' } },
      { at: said.at, kind: 'assigned', assignee: { externalId: 'r', name: 'R' }, team: null }
    ),
    0
  )
  const untold: KnownHistory = { keys: null, lastAt: from + 1 }
  const dated = inOrder({ ...base, facts: [said, { ...said, at: formatInstant(from + 2) }] }, factKey)
  t.equal(newAmong(dated, untold).added.length, 1, 'where nobody wrote down what came, what is not later is known')
})

void t.test('people, and lines that are none', async (t) => {
  const [only] = fc.sample(line, 1)
  t.match(
    peopleOf({
      ...only!,
      facts: [{ at: formatInstant(from), kind: 'assigned', assignee: { externalId: 'r1', name: 'R' } }, {
        at: formatInstant(from),
        kind: 'assigned',
        assignee: null
      }]
    }),
    [
      { externalId: 'c1', role: 'customer' },
      { externalId: 'r1', name: 'R', role: 'agent' }
    ]
  )
  t.match(readImportLine('[', now), { line: null, faults: [{ pointer: '', message: 'is not JSON' }] })
  t.match(readImportLine('5', now).faults, [{ pointer: '' }])
  t.match(readImportLine('{"facts":[null]}', now).faults.at(-1), { pointer: '/facts/0/kind' })
  t.match(
    importLineFaults(
      { ...only, facts: [{ at: '2016-02-30T00:00:00Z', kind: 'message', messageKind: 'public', by: 'agent' }] },
      now
    ),
    [{ pointer: '/facts/0/at', message: /exists/ }]
  )
  t.match(
    importLineFaults({
      ...only,
      facts: [{ at: formatInstant(now + 1), kind: 'message', messageKind: 'public', by: 'agent' }]
    }, now),
    [{ message: 'lies in the future' }]
  )
})

void t.test('ids of imported people are UUIDs that depend on tenant and external id only', async (t) => {
  t.match(idOfExternal('acme', 'Caller 1'), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.equal(idOfExternal('acme', 'Caller 1'), idOfExternal('acme', 'Caller 1'))
  t.not(idOfExternal('acme', 'Caller 1'), idOfExternal('globex', 'Caller 1'))
})

void t.test('JSON that cannot be stored and returned is found before', async (t) => {
  const nested = (depth: number): Record<string, unknown> => JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth))
  t.equal(jsonFault({ a: 'fine \\u0000 \\\\u0000 😀', ü: [null] }, '/custom'), null)
  t.equal(jsonFault({ a: [1.7e308, -5, 0.1, true, { b: 'line\nbreak' }] }, '/custom'), null)
  t.equal(jsonFault(nested(100), '/custom'), null)
  t.match(jsonFault(nested(101), '/custom'), { message: /nested deeper than 100/ })
  t.match(jsonFault(nested(200_000), '/custom'), { message: /nested deeper/ }, 'however deep')
  t.match(jsonFault(JSON.parse('{"a":[1e400]}'), '/custom'), { message: /too large/ })
  t.match(jsonFault(JSON.parse('{"a":-1e400}'), '/custom'), { message: /too large/ })
  t.match(jsonFault({ a: 'x\u0000' }, '/custom'), { pointer: '/custom' })
  t.match(jsonFault({ a: '\\\u0000' }, '/custom'), { pointer: '/custom' })
  t.match(jsonFault({ 'b\u0000': 1 }, '/custom'), { pointer: '/custom' })
  t.match(jsonFault({ a: ['\ud800'] }, '/custom'), { pointer: '/custom' })
  t.match(jsonFault({ '\udc00': 1 }, '/custom'), { pointer: '/custom' })
  t.match(jsonFault({ a: 'x'.repeat(65_530) }, '/custom'), { message: /longer/ })
  t.match(jsonFault({ a: new Array(65_537).fill(1) }, '/custom'), { message: /longer/ })
})

void t.test('dates of imports are RFC 3339, in any zone', async (t) => {
  const instant = (text: string): string => {
    const read = readTimestamp(text)
    return 'at' in read ? formatInstant(read.at) : read.fault
  }
  t.equal(instant('2026-07-01T10:00:00+02:00'), '2026-07-01T08:00:00.000000Z')
  t.equal(instant('2026-07-01t10:00:00z'), '2026-07-01T10:00:00.000000Z')
  t.equal(instant('2026-07-01T00:30:00.5-23:59'), '2026-07-02T00:29:00.500000Z')
  t.equal(instant('2026-07-01T10:00:00.123456Z'), '2026-07-01T10:00:00.123456Z')
  t.equal(
    instant('2026-07-01T10:00:00.1234567+00:00'),
    '2026-07-01T10:00:00.123456Z',
    'digits beyond the microsecond are cut'
  )
  t.equal(instant('2026-07-01T10:00:00.999999999-00:00'), '2026-07-01T10:00:00.999999Z')
  t.equal(instant('2024-02-29T23:59:59Z'), '2024-02-29T23:59:59.000000Z')
  for (
    const text of [
      '2026-07-01',
      '2026-07-01T10:00Z',
      '2026-07-01T10:00:00',
      '2026-07-01 10:00:00Z',
      '2026-07-01T10:00:00+0200',
      '2026-07-01T10:00:00.Z',
      '2026-07-01T10:00:001Z',
      '',
      'now'
    ]
  ) {
    t.match(instant(text), /^must be a date and time .*RFC 3339/, text)
  }
  for (
    const text of [
      '2026-02-29T00:00:00Z',
      '2026-07-01T24:00:00Z',
      '2026-07-01T10:00:60Z',
      '2026-07-01T10:00:00+24:00',
      '1969-12-31T23:59:59Z',
      '1970-01-01T00:00:00+00:01',
      '2300-01-01T00:00:00Z'
    ]
  ) {
    t.match(instant(text), /exists, from 1970 to 2255/, text)
  }
})
