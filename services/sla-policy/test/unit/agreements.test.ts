import type { PolicyEffect, Priority, TicketType } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { changesOf, type StoredEntry } from '../../src/domain/agreement-changes.ts'
import { agreementsOf, isFinal, occasionBounds, type ComputedFrom, type Publish } from '../../src/domain/agreements.ts'
import type { PolicyRow } from '../../src/domain/policy.ts'
import { compilePolicy, resolve, type CompiledPolicy } from '../../src/domain/resolve.ts'
import { withFacts, type Run, type DecidingFact, type TicketHistory } from '../../src/domain/ticket-history.ts'
import { idOf, row } from './generators.ts'

const createdAt = 1_000_000
const subject = {
  type: 'complaint' as TicketType,
  priority: 'P3' as Priority,
  severity: 'low',
  productId: null,
  moduleId: null,
  questionId: null,
  customerId: null,
  channel: 'api'
} as const

/** Version `version` of a ticket, `at` microseconds after its creation. */
function fact (
  version: number,
  { at = version - 1, open = true, ...changed }: {
    at?: number,
    open?: boolean,
    priority?: Priority,
    type?: TicketType
  } = {}
): DecidingFact {
  return { version, at: createdAt + at, historical: false, open, subject: { ...subject, ...changed } }
}

const policyOf = (version: number, ...rows: Array<Partial<PolicyRow>>): CompiledPolicy =>
  compilePolicy(
    { version, defaults: {}, rows: rows.map((part, index) => row({ id: idOf(10 * version + index), ...part })) }
  )
const publish = (
  version: number,
  at: number,
  effect: Publish['effect'] = 'from_now'
): Publish => ({ version, effect, at: createdAt + at })

interface Given {
  runs: readonly Run[]
  policies: readonly CompiledPolicy[]
  publishes?: readonly Publish[]
  history?: Partial<TicketHistory>
  stored?: StoredEntry[]
  computedFrom?: ComputedFrom | null
}
const calendarVersion = (_id: string, at: number) => at - createdAt

function agreements ({ runs, policies, publishes = [], history = {}, stored = [], computedFrom = null }: Given) {
  const byVersion = new Map(policies.map((policy) => [policy.version, policy]))
  return agreementsOf({
    history: { runs, pinnedAt: createdAt, basePolicyVersion: policies[0]!.version, finalVersion: 0, ...history },
    createdAt,
    publishes,
    stored,
    computedFrom,
    policies: { resolve: (version, kind, of) => resolve(byVersion.get(version)!, kind, of, createdAt), calendarVersion }
  })
}

/** What is agreed of the kind `sla` (or another), in short. */
const short = (given: Given, kind = 'sla') =>
  agreements(given).entries.filter((entry) => entry.kind === kind)
    .map(
      (
        { ticketVersion, policyVersion, madeAt, agreed }
      ) =>
        `${ticketVersion}.${policyVersion} +${madeAt - createdAt} ` +
        `${agreed === null ? 'nothing' : `${agreed.terms.targets.resolution} ${agreed.terms.effect}`}`
    )
const runsOf = (...facts: DecidingFact[]) => withFacts([], facts)

t.test('each change that decides an agreement is an agreement of its own, from its own instant on', async (t) => {
  const policies = [
    policyOf(
      1,
      { priority: 'P3', targets: { resolution: 'PT4H' }, effect: 'from_now' },
      { priority: 'P1', targets: { resolution: 'PT2H' }, effect: 'from_now' }
    )
  ]
  const up = [
    fact(1),
    fact(2),
    fact(3, { at: 60, priority: 'P1' }),
    fact(4, { at: 70, priority: 'P1' }),
    fact(5, { at: 80 })
  ]
  t.same(
    short({ policies, runs: runsOf(...up) }),
    ['1.1 +0 PT4H from_now', '3.1 +60 PT2H from_now', '5.1 +80 PT4H from_now']
  )
  t.same(
    short({ policies, runs: runsOf(up[2]!) }),
    ['3.1 +0 PT2H from_now'],
    'the first that is known holds from the creation'
  )
  t.same(
    short({ policies, runs: runsOf(up[0]!, fact(2, { at: 30, type: 'appreciation' }), fact(3, { at: 40 })) }),
    ['1.1 +0 PT4H from_now', '2.1 +30 nothing', '3.1 +40 PT4H from_now']
  )
  t.same(
    short({ policies, runs: runsOf(fact(1, { type: 'appreciation' }), fact(2, { at: 30 })) }),
    ['2.1 +30 PT4H from_now'],
    'a first agreement that comes later is dated by what called for it'
  )
  t.same(
    short({ policies, runs: runsOf(up[0]!, fact(2, { at: 50, priority: 'P1' }), fact(3, { at: 20 })) }),
    ['1.1 +0 PT4H from_now', '2.1 +50 PT2H from_now', '3.1 +50 PT4H from_now'],
    'no version holds before an earlier one'
  )
})

t.test('a publish reaches the tickets that are open in its instant, between the changes by time', async (t) => {
  const policies = [
    policyOf(1, { targets: { resolution: 'PT4H' } }),
    policyOf(
      2,
      { targets: { resolution: 'PT9H' } },
      { priority: 'P1', targets: { resolution: 'PT1H' }, effect: 'from_now' }
    )
  ]
  const publishes = [publish(2, 50)]
  t.same(
    short({ policies, publishes, runs: runsOf(fact(1), fact(2, { at: 40 }), fact(3, { at: 60, priority: 'P1' })) }),
    ['1.1 +0 PT4H retroactive', '1.2 +50 PT9H from_now', '3.2 +60 PT1H from_now']
  )
  t.same(
    short({ policies, publishes, runs: runsOf(fact(1), fact(2, { at: 50, priority: 'P1' })) }),
    ['1.1 +0 PT4H retroactive', '2.2 +50 PT1H from_now'],
    'in one instant the change comes first'
  )
  const closed = runsOf(
    fact(1),
    fact(2, { at: 40, open: false }),
    fact(3, { at: 60 }),
    fact(4, { at: 70, priority: 'P1' })
  )
  t.same(
    short({ policies, publishes, runs: closed }),
    ['1.1 +0 PT4H retroactive'],
    'closed in its instant: it stays under the version before, also when it is open again'
  )
  t.equal(agreements({ policies, publishes, runs: closed }).policyVersion, 1)
  t.same(
    short({ policies, publishes, runs: runsOf(fact(1), fact(2, { at: 60, open: false })) }),
    ['1.1 +0 PT4H retroactive', '1.2 +50 PT9H from_now'],
    'closed later: it was reached'
  )
  t.same(
    short({ policies, publishes, runs: runsOf(fact(1)), history: { basePolicyVersion: 2 } }),
    ['1.2 +0 PT9H retroactive'],
    'not a ticket that began under it'
  )
})

t.test('calendars are those of the instant, and a newer version comes with a publish only', async (t) => {
  const policies = [policyOf(1, { calendarId: idOf(1) }), policyOf(2, { id: idOf(10), calendarId: idOf(1) })]
  const versions = (given: Partial<Given>) =>
    agreements(
      { policies, runs: runsOf(fact(1), fact(2, { at: 30, priority: 'P1' })), ...given }
    ).entries.map(({ madeAt, agreed }) => [madeAt - createdAt, agreed?.calendarVersion])
  t.same(versions({}), [[0, 0]])
  t.same(versions({ publishes: [publish(2, 50)] }), [[0, 0], [50, 50]])
  t.same(
    versions({ history: { pinnedAt: createdAt + 900 } }),
    [[0, 900]],
    'an imported ticket goes by the calendars of the import'
  )
  const closed = runsOf(fact(1), fact(2, { at: 40, open: false }))
  t.same(
    versions({ runs: closed, publishes: [publish(2, 50)] }),
    [[0, 0]],
    'nor with one that does not reach the ticket'
  )
})

/**
 * What a ticket of P3 has after each occasion; `none`: before it nothing was agreed of the kind (`ola`, which has no
 * fallback).
 */
const effectTable: Array<{
  effect: PolicyEffect,
  had: 'agreement' | 'none',
  created: string[],
  changed: string[],
  published: Record<Publish['effect'], string[]>
}> = [
  {
    effect: 'new_tickets',
    had: 'agreement',
    created: ['1.1 +0 PT1H new_tickets'],
    changed: ['1.1 +0 PT4H retroactive'],
    published: {
      from_now: ['1.1 +0 PT4H retroactive', '1.2 +50 PT1H from_now'],
      retroactive: ['1.1 +0 PT4H retroactive', '1.2 +50 PT1H retroactive']
    }
  },
  {
    effect: 'new_tickets',
    had: 'none',
    created: ['1.1 +0 PT1H new_tickets'],
    changed: ['2.1 +30 PT1H new_tickets'],
    published: { from_now: ['1.2 +50 PT1H from_now'], retroactive: ['1.2 +50 PT1H retroactive'] }
  },
  ...(['from_now', 'retroactive'] as const).flatMap((effect) => [
    {
      effect,
      had: 'agreement' as const,
      created: [`1.1 +0 PT1H ${effect}`],
      changed: [
        '1.1 +0 PT4H retroactive',
        `2.1 +30 PT1H ${effect}`
      ],
      published: {
        from_now: ['1.1 +0 PT4H retroactive', '1.2 +50 PT1H from_now'],
        retroactive: ['1.1 +0 PT4H retroactive', '1.2 +50 PT1H retroactive']
      }
    },
    {
      effect,
      had: 'none' as const,
      created: [`1.1 +0 PT1H ${effect}`],
      changed: [`2.1 +30 PT1H ${effect}`],
      published: { from_now: ['1.2 +50 PT1H from_now'], retroactive: ['1.2 +50 PT1H retroactive'] }
    }
  ])
]

for (const { effect, had, created, changed, published } of effectTable) {
  t.test(`a row with effect ${effect}, ${had === 'none' ? 'nothing' : 'something'} agreed before`, async (t) => {
    const kind = had === 'none' ? 'ola' : 'sla'
    const wins = { kind, priority: 'P1', targets: { resolution: 'PT1H' }, effect } as const
    const before = had === 'none' ? [] : [{ priority: 'P3', targets: { resolution: 'PT4H' } } as const]
    t.same(
      short({ policies: [policyOf(1, wins, ...before)], runs: runsOf(fact(1, { priority: 'P1' })) }, kind),
      created,
      'created to match it'
    )
    t.same(
      short(
        { policies: [policyOf(1, wins, ...before)], runs: runsOf(fact(1), fact(2, { at: 30, priority: 'P1' })) },
        kind
      ),
      changed,
      'its priority changed to match it'
    )
    for (const as of ['from_now', 'retroactive'] as const) {
      const policies = [policyOf(1, ...before), policyOf(2, { ...wins, priority: 'P3' })]
      t.same(
        short({ policies, publishes: [publish(2, 50, as)], runs: runsOf(fact(1)) }, kind),
        published[as],
        `published ${as}`
      )
    }
  })
}

t.test('new_tickets: what was kept is kept on, until something else calls for an agreement', async (t) => {
  const policies = [
    policyOf(
      1,
      { priority: 'P3', targets: { resolution: 'PT4H' } },
      { priority: 'P1', targets: { resolution: 'PT1H' }, effect: 'new_tickets' },
      { priority: 'P2', targets: { resolution: 'PT2H' }, effect: 'from_now' }
    ),
    policyOf(2, { targets: { resolution: 'PT9H' } })
  ]
  const raised = [fact(1), fact(2, { at: 10, priority: 'P1' })]
  t.same(short({ policies, runs: runsOf(...raised, fact(3, { at: 20 })) }), ['1.1 +0 PT4H retroactive'], 'and back')
  t.same(
    short({ policies, runs: runsOf(...raised, fact(3, { at: 20, priority: 'P2' })) }),
    ['1.1 +0 PT4H retroactive', '3.1 +20 PT2H from_now']
  )
  t.same(
    short({ policies, publishes: [publish(2, 30)], runs: runsOf(...raised) }),
    ['1.1 +0 PT4H retroactive', '2.2 +30 PT9H from_now'],
    'a publish says itself how it applies'
  )
  t.same(
    short(
      {
        policies,
        runs: runsOf(
          ...raised,
          fact(3, { at: 20, priority: 'P1', type: 'appreciation' }),
          fact(4, { at: 30, priority: 'P1' })
        )
      }
    ),
    ['1.1 +0 PT4H retroactive', '3.1 +20 nothing', '4.1 +30 PT1H new_tickets'],
    'a ticket without an agreement gets one'
  )
  t.same(
    short({ policies, runs: runsOf(fact(1, { priority: 'P1' }), fact(2, { at: 10, priority: 'P0' })) }),
    ['1.1 +0 PT1H new_tickets', '2.1 +10 PT4H retroactive'],
    'a fallback applies retroactively'
  )
})

t.test('runs do not depend on order, grouping and number of the facts', async (t) => {
  const facts = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1 }).map(
    (versions) =>
      versions.map(
        (version) => fact(version, { priority: version % 4 === 0 ? 'P1' : 'P3', open: version < 7 })
      )
  )
  const pieces = facts.chain(
    (all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all, ...all], { minLength: all.length }),
        fc.integer({ min: 1, max: 4 })
      )
  )
  fc.assert(fc.property(pieces, ([all, some, size]) => {
    let runs: readonly Run[] = []
    for (let next = 0; next < some.length; next += size) runs = withFacts(runs, some.slice(next, next + size))
    return JSON.stringify(ends(withFacts(runs, all))) === JSON.stringify(ends(withFacts([], all)))
  }))
})

/** The end of the last run is what the newest version says. */
function ends (runs: readonly Run[]): readonly Run[] {
  return runs.map((run, index) => index === runs.length - 1 ? { ...run, to: 0 } : run)
}

t.test('a history that was shortened between two changes goes on from the version that was decided for', async (t) => {
  const policies = [policyOf(1, { targets: { resolution: 'PT4H' } }), policyOf(2, { targets: { resolution: 'PT9H' } })]
  const flips = Array.from({ length: 150 }, (_, index) => fact(index + 2, { open: index % 2 === 1, priority: 'P1' }))
  const runs = runsOf(fact(1), ...flips)
  const { history, entries } = agreements({ policies, runs })
  t.same(entries.map(({ ticketVersion }) => ticketVersion), [1])
  t.equal(history.runs.length, occasionBounds.retained)
  const stored = entries.map((entry): StoredEntry => ({ ...entry, id: 'a', version: 1, endedAt: null, endedBy: null }))
  const given = { policies, stored, publishes: [publish(2, 200)], runs: history.runs, history }
  t.same(short(given), ['2.2 +200 PT9H from_now'])
  t.same(short({ ...given, computedFrom: { runs: history.runs, policyVersion: 1 } }), ['2.2 +200 PT9H from_now'])
})

t.test('a long history is shortened: what is old is final, and stays', async (t) => {
  const policies = [
    policyOf(
      1,
      { priority: 'P3', targets: { resolution: 'PT4H' } },
      { priority: 'P1', targets: { resolution: 'PT1H' } }
    )
  ]
  let history: TicketHistory = { runs: [], pinnedAt: createdAt, basePolicyVersion: 1, finalVersion: 0 }
  let stored: StoredEntry[] = []
  let computedFrom: ComputedFrom | null = null
  let longest = 0
  let ids = 0
  const receive = (version: number, facts: DecidingFact[]) => {
    const runs = withFacts(history.runs, facts.filter((one) => one.version > history.finalVersion))
    const found = agreements({ policies, runs, history: { ...history, runs }, stored, computedFrom })
    const { gone, added, altered } = changesOf(
      stored,
      stored.filter((entry) => isFinal(entry, found.unchanged)).length,
      found.entries,
      () => `${++ids}`
    )
    stored = [
      ...stored.filter(({ id }) => !gone.includes(id)).map(
        (entry) => altered.find(({ id }) => id === entry.id) ?? entry
      ),
      ...added
    ]
      .sort((a, b) => a.ticketVersion - b.ticketVersion)
    history = {
      ...found.history,
      runs: found.history.runs.map((run, index, all) => index === all.length - 1 ? { ...run, to: version } : run)
    }
    computedFrom = { runs: history.runs, policyVersion: found.policyVersion }
    longest = Math.max(longest, history.runs.length)
  }
  const priorityOf = (version: number): Priority => version % 2 === 0 ? 'P1' : 'P3'
  for (let version = 1; version <= 400; version++) {
    if (version !== 395) {
      receive(
        version,
        [fact(version, { priority: priorityOf(version) })]
      )
    }
  }
  t.equal(longest, occasionBounds.max)
  t.same(
    stored.map(({ ticketVersion }) => ticketVersion),
    Array.from({ length: 400 }, (_, index) => index + 1).filter((version) => version !== 395 && version !== 396),
    'a gap hides what is the same on both sides'
  )
  receive(400, [fact(395, { priority: 'P3' }), fact(2, { priority: 'P0' })])
  t.same(
    stored.map(({ ticketVersion }) => ticketVersion),
    Array.from({ length: 400 }, (_, index) => index + 1),
    'a late fact counts while it is recent'
  )
  t.same(
    stored.map(({ endedAt }) => endedAt),
    [...Array.from({ length: 399 }, (_, index) => createdAt + index + 1), null]
  )
})
