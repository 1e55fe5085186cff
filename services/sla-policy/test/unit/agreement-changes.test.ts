import t from 'tap'
import { changesOf, type StoredEntry } from '../../src/domain/agreement-changes.ts'
import type { Agreed, Entry } from '../../src/domain/agreements.ts'

const agreed = (change: Partial<Agreed> = {}, effect = 'from_now'): Agreed => ({
  origin: 'row',
  rowId: 'row',
  rowName: 'Gold',
  calendarVersion: 2,
  terms: { targets: { resolution: 'PT4H' }, effect },
  ...change
} as unknown as Agreed)
const gold = agreed()
const silver = agreed({ rowId: 'silver' })

/** What was computed: at a ticket version, under a policy version, made in that minute. */
const entry = (ticketVersion: number, what: Agreed | null = gold, change: Partial<Entry> = {}): Entry => ({
  kind: 'sla',
  ticketVersion,
  policyVersion: 1,
  madeAt: ticketVersion,
  historical: false,
  agreed: what,
  ...change
})
const stored = (id: string, version: number, of: Entry, following?: Entry): StoredEntry => {
  const { historical: _, ...rest } = of
  if (following === undefined) return { ...rest, id, version, endedAt: null, endedBy: null }
  const endedBy = following.agreed === null ? 'withdrawn' : 'changed'
  return { ...rest, id, version, endedAt: following.madeAt, endedBy }
}

function changes (before: readonly StoredEntry[], computed: readonly Entry[], finals = 0) {
  let ids = 0
  const { gone, added, altered, statements } = changesOf(before, finals, computed, () => `new${++ids}`)
  const row = ({ id, version, ticketVersion, endedAt, endedBy }: StoredEntry): string =>
    `${id} v${version} at ${ticketVersion} ${endedBy === null ? 'holds' : `${endedBy} at ${endedAt}`}`
  return {
    gone,
    added: added.map(row),
    altered: altered.map(row),
    statements: statements.map(({ type, id, version, supersedes, previousId }) =>
      `${type} ${id} v${version} over ${supersedes.join('+')} after ${previousId}`
    )
  }
}
const none = { gone: [], added: [], altered: [], statements: [] }

t.test('a first agreement is made; what stays the same is not said again', (t) => {
  t.same(changes([], []), none)
  t.same(changes([], [entry(1)]), {
    ...none,
    added: ['new1 v1 at 1 holds'],
    statements: ['made new1 v1 over  after null']
  })
  t.same(changes([stored('a', 1, entry(1))], [entry(1)]), none)
  t.end()
})

t.test('a later agreement changes the one before it, and ends it', (t) => {
  t.same(changes([stored('a', 1, entry(1))], [entry(1), entry(5, silver)]), {
    ...none,
    added: ['new1 v2 at 5 holds'],
    altered: ['a v1 at 1 changed at 5'],
    statements: ['changed new1 v2 over  after a']
  })
  t.same(changes([stored('a', 1, entry(1))], [entry(1), entry(5, null)]), {
    ...none,
    added: ['new1 v2 at 5 holds'],
    altered: ['a v1 at 1 withdrawn at 5'],
    statements: ['withdrawn new1 v2 over  after null']
  })
  const [one, two] = [entry(1), entry(5, null)]
  const before = [stored('a', 1, one, two), stored('b', 2, two)]
  t.same(changes(before, [one, two, entry(9, silver)]).statements, ['made new1 v3 over  after null'])
  t.same(changes([], [entry(1), entry(5, null), entry(9)]), {
    ...none,
    added: ['new1 v1 at 1 withdrawn at 5', 'new2 v2 at 5 changed at 9', 'new3 v3 at 9 holds'],
    statements: ['made new1 v1 over  after null', 'withdrawn new2 v2 over  after null', 'made new3 v3 over  after null']
  })
  t.end()
})

t.test('each thing that is agreed makes another agreement of it', (t) => {
  const others = {
    'another row': silver,
    'another origin': agreed({ origin: 'default' } as unknown as Partial<Agreed>),
    'another version of the calendar': agreed({ calendarVersion: 3 }),
    'another effect': agreed({}, 'retroactive'),
    'other targets': agreed({
      terms: { targets: { resolution: 'PT5H' }, effect: 'from_now' } as unknown as Agreed['terms']
    }),
    nothing: null
  }
  for (const [name, other] of Object.entries(others)) {
    const { gone, statements } = changes([stored('a', 1, entry(1))], [entry(1, other)])
    t.same(gone, ['a'], name)
    t.same(
      statements,
      [other === null ? 'withdrawn new1 v2 over 1 after null' : 'changed new1 v2 over 1 after a'],
      name
    )
    t.same(changes([stored('a', 1, entry(1, other))], [entry(1, other)]), none, `${name} stays`)
    t.same(changes([stored('a', 1, entry(1, other))], [entry(1)]).gone, ['a'], `${name} goes`)
  }
  for (const change of [{ policyVersion: 2 }, { madeAt: 3 }]) {
    t.same(changes([stored('a', 1, entry(1))], [entry(1, gold, change)]).gone, ['a'], JSON.stringify(change))
  }
  t.end()
})

t.test('one that holds from another version of the ticket keeps its id and is announced again', (t) => {
  const moved = entry(2, gold, { madeAt: 1 })
  t.same(changes([stored('a', 1, entry(1))], [moved]), {
    ...none,
    altered: ['a v2 at 2 holds'],
    statements: ['changed a v2 over 1 after a']
  })
  // of two that say the same, each takes the one at its own version
  const [one, two] = [entry(1, gold, { madeAt: 1 }), entry(2, gold, { madeAt: 1 })]
  const before = [stored('a', 1, one, two), stored('b', 2, two)]
  t.same(changes(before, [two]), {
    ...none,
    gone: ['a'],
    altered: ['b v3 at 2 holds'],
    statements: ['changed b v3 over 2+1 after b']
  })
  t.end()
})

t.test('one that never held goes; whoever takes its place replaces it, and the last replaces what is left', (t) => {
  const [one, two, three] = [entry(1), entry(5, silver), entry(9)]
  const before = [stored('a', 1, one, two), stored('b', 2, two, three), stored('c', 3, three)]
  t.same(changes(before, [one, three]), {
    ...none,
    gone: ['b'],
    altered: ['a v1 at 1 changed at 9', 'c v4 at 9 holds'],
    statements: ['changed c v4 over 3+2 after a']
  })
  t.same(changes(before, [one, entry(5, agreed({ rowId: 'bronze' })), three]), {
    ...none,
    gone: ['b'],
    added: ['new1 v4 at 5 changed at 9'],
    altered: ['c v5 at 9 holds'],
    statements: ['changed new1 v4 over 2 after a', 'changed c v5 over 3 after new1']
  })
  const published = entry(5, agreed({ rowId: 'bronze' }), { policyVersion: 2, madeAt: 6 })
  t.same(changes(before, [one, published, three]).statements, [
    'changed new1 v4 over  after a',
    'changed c v5 over 3+2 after new1'
  ], 'a place is a ticket version and a policy version')
  t.same(changes(before, [one]), {
    ...none,
    gone: ['b', 'c'],
    altered: ['a v4 at 1 holds'],
    statements: ['changed a v4 over 1+2+3 after c']
  })
  t.end()
})

t.test('when nothing is left a withdrawal says so, once', (t) => {
  const [one, two] = [entry(1), entry(5, silver)]
  t.same(changes([stored('a', 1, one, two), stored('b', 2, two)], []), {
    ...none,
    gone: ['a', 'b'],
    added: ['new1 v3 at 5 holds'],
    statements: ['withdrawn new1 v3 over 1+2 after null']
  })
  const withdrawal = stored('w', 3, entry(5, null))
  t.same(changes([withdrawal], []), none, 'a withdrawal alone stands for nothing')
  t.same(changes([stored('a', 1, one, entry(5, null)), withdrawal], []).gone, ['a', 'w'])
  t.same(changes([withdrawal], [entry(6)]), {
    ...none,
    gone: ['w'],
    added: ['new1 v4 at 6 holds'],
    statements: ['made new1 v4 over 3 after null']
  })
  t.end()
})

t.test('what is final stays, and counts as what was before', (t) => {
  const [one, two] = [entry(1), entry(5, silver)]
  const before = [stored('a', 1, one, two), stored('b', 2, two)]
  t.same(changes(before, [two], 1), none)
  t.same(changes(before, [], 2), none)
  t.same(changes(before, [entry(9)], 2).statements, ['changed new1 v3 over  after b'])
  t.same(changes(before, [], 1), {
    ...none,
    gone: ['b'],
    altered: ['a v3 at 1 holds'],
    statements: ['changed a v3 over 1+2 after b']
  })
  t.end()
})

t.test('a withdrawal that an older release stored as an end only has used a version', (t) => {
  const ended: StoredEntry = { ...stored('a', 1, entry(1)), endedAt: 4, endedBy: 'withdrawn' }
  t.same(changes([ended], [entry(1), entry(9)], 0).statements, ['changed new1 v3 over  after a'])
  t.same(changes([ended], [entry(9)], 1).statements, ['changed new1 v3 over  after a'])
  const changed: StoredEntry = { ...ended, endedBy: 'changed' }
  t.same(changes([changed], [entry(1), entry(9)]).statements, ['changed new1 v2 over  after a'])
  t.same(changes([ended], [entry(1, silver)]).statements, ['made new1 v3 over 1 after null'], 'nothing holds any more')
  t.end()
})
