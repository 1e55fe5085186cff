import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { AgreementVersion } from '../../src/domain/agreements.ts'
import { diff } from '../../src/domain/diff.ts'
import type { FiredMark, StoredClock } from '../../src/domain/difference.ts'
import { fold } from '../../src/domain/fold.ts'
import { previewOf } from '../../src/domain/preview.ts'
import { calendars, randomFacts, randomAgreement, randomAgreements } from './random-timeline.ts'
import { at, HOUR, MINUTE, nine, agreementVersion, roundTheClock, Timeline } from './timeline-builder.ts'

const runs = { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 400) }
const later = fc.integer({ min: 0, max: 14 * 24 * 60 }).map((minutes) => nine + minutes * MINUTE)

t.test('a preview says what the agreement does when it is made', async (t) => {
  let [late, saved] = [0, 0]
  fc.assert(
    fc.property(
      randomFacts,
      randomAgreements,
      randomAgreement,
      fc.constantFrom(
        'from_now' as const,
        'retroactive' as const
      ),
      later,
      (facts, agreementVersions, { terms }, effect, now) => {
        let ids = 0
        const newId = (): string => `clock-${++ids}`
        const known = facts.filter((fact) => fact.at <= now)
        const made = agreementVersions.filter(({ version, madeAt }) => version === 1 || madeAt <= now)
        const added: AgreementVersion = {
          kind: 'sla',
          version: 9,
          ticketVersion: 9,
          policyVersion: 9,
          supersedes: [],
          madeAt: now,
          effect,
          terms
        }
        const first = fold({ facts: known, agreementVersions: made, calendars, asOf: now })
        const start = diff({ stored: [], fired: [], folded: first, catchUpBefore: -Infinity, newId })
        const preview = previewOf({
          facts: known,
          agreementVersions: made,
          added: [added],
          stored: start.rows,
          fired: start.newMarks,
          calendars,
          asOf: now,
          over: first.over,
          importing: false,
          newId
        })

        const folded = fold({ facts: known, agreementVersions: [...made, added], calendars, asOf: now })
        const real = diff({ stored: start.rows, fired: start.newMarks, folded, catchUpBefore: -Infinity, newId })
        const breachedBefore = names(start.rows.filter(({ breachedAt }) => breachedAt !== null))
        const breachedAfter = names(folded.clocks.filter(({ breachedAt }) => breachedAt !== null))
        assert.deepEqual(names(preview.breaches), breachedAfter.filter((name) => !breachedBefore.includes(name)))
        assert.deepEqual(names(preview.saved), breachedBefore.filter((name) => !breachedAfter.includes(name)))
        assert.equal(
          preview.notices,
          real.changes.filter(({ mark, withdrawn }) => (mark ?? withdrawn)?.recordedOnly === null).length
        )
        late += preview.breaches.length
        saved += preview.saved.length
      }
    ),
    runs
  )
  t.comment(`${runs.numRuns} cases, ${late} clocks late at once, ${saved} saved`)
  // one case in twenty saves a clock: few cases may have none
  const enough = runs.numRuns >= 400
  t.ok(!enough || (late > 0 && saved > 0), 'the cases are about something')
})

function names (clocks: ReadonlyArray<{ kind: string, metric: string, cycle: number }>): string[] {
  return clocks.map(({ kind, metric, cycle }) => `${kind} ${metric} ${cycle}`).sort()
}

t.test('what is due anyway, over, or still being imported', async (t) => {
  const timeline = new Timeline().created().note(at(3))
  const input = (
    agreementVersions: AgreementVersion[],
    added: AgreementVersion[],
    stored: StoredClock[] = [],
    fired: FiredMark[] = []
  ) => ({
    facts: timeline.facts,
    agreementVersions,
    added,
    stored,
    fired,
    calendars: roundTheClock,
    asOf: at(3),
    over: false,
    importing: false,
    newId: () => 'id'
  })
  const [wide, narrow] = [
    agreementVersion({ targets: { resolution: 9 * HOUR } }),
    agreementVersion({ version: 2, targets: { resolution: HOUR }, marks: [{ percent: 50, urgent: false }] })
  ]
  t.match(
    previewOf(input([wide], [narrow])),
    { breaches: [{ metric: 'resolution', cycle: 1 }], saved: [], warningsPassed: 1, notices: 1 }
  )
  t.match(
    previewOf({ ...input([wide], [narrow]), over: true }),
    { breaches: [{}], notices: 0 },
    'nobody is notified of a ticket that is over'
  )
  t.match(
    previewOf({ ...input([wide], [narrow]), importing: true }),
    { breaches: [{}], notices: 0 },
    'nor of one that is being imported'
  )
  t.match(
    previewOf(input([narrow], [agreementVersion({ version: 2, targets: { resolution: 2 * HOUR } })])),
    { breaches: [], saved: [] },
    'what is late anyway is no consequence'
  )
  t.match(
    previewOf(input([narrow], [agreementVersion({ version: 2, targets: { resolution: 4 * HOUR } })])),
    { breaches: [], saved: [{ metric: 'resolution' }], notices: 1 }
  )
})
