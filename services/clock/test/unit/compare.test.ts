import type { Micros } from '@dueline/business-time'
import t from 'tap'
import type { AgreementVersion } from '../../src/domain/agreements.ts'
import { diff } from '../../src/domain/diff.ts'
import { fold } from '../../src/domain/fold.ts'
import { agreementVersion, at, HOUR, roundTheClock, Timeline } from './timeline-builder.ts'

const agreed = (hours: number, version = 1) => agreementVersion({ version, targets: { resolution: hours * HOUR } })

/** What changes, and when, from the clocks of one look at a ticket to those of another. */
function changes (
  before: { timeline: Timeline, terms: AgreementVersion, asOf: Micros },
  after: { timeline: Timeline, terms: AgreementVersion, asOf: Micros }
) {
  const look = ({ timeline, terms, asOf }: typeof before) =>
    fold({ facts: timeline.facts, agreementVersions: [terms], calendars: roundTheClock, asOf })
  const input = { catchUpBefore: -Infinity, newId: () => 'clock' }
  const first = diff({ ...input, stored: [], fired: [], folded: look(before) })
  const second = diff({ ...input, stored: first.rows, fired: first.newMarks, folded: look(after) })
  return second.changes.map(({ type, time }) => ({ type, time }))
}

t.test('another target is a plan of the moment at which it is seen', async (t) => {
  const timeline = new Timeline().created()
  t.same(
    changes({ timeline, terms: agreed(9), asOf: at(1) }, { timeline, terms: agreed(8), asOf: at(2) }),
    [{ type: 'replanned', time: at(2) }]
  )
  t.same(changes({ timeline, terms: agreed(9), asOf: at(1) }, { timeline, terms: agreed(9), asOf: at(2) }), [])
})

t.test('a pause of the past that is learnt of late moves the deadline', async (t) => {
  const paused = new Timeline().created().status(at(1), 'waiting_on_customer').status(at(2), 'open')
  t.same(
    changes(
      { timeline: new Timeline().created(), terms: agreed(9), asOf: at(3) },
      { timeline: paused, terms: agreed(9), asOf: at(4) }
    ),
    [{ type: 'replanned', time: at(4) }]
  )
})

t.test('another agreement with the same terms is a new plan too', async (t) => {
  const timeline = new Timeline().created()
  t.same(
    changes({ timeline, terms: agreed(9), asOf: at(1) }, { timeline, terms: agreed(9, 2), asOf: at(2) }),
    [{ type: 'replanned', time: at(2) }]
  )
})

t.test('a pause happened when it began, however late it is seen; an end when it ended', async (t) => {
  const timeline = new Timeline().created()
  const first = { timeline, terms: agreed(9), asOf: at(1) }
  const paused = new Timeline().created().status(at(2), 'waiting_on_customer')
  t.same(changes(first, { timeline: paused, terms: agreed(9), asOf: at(4) }), [{ type: 'paused', time: at(2) }])
  const ended = new Timeline().created().status(at(3), 'resolved')
  t.same(changes(first, { timeline: ended, terms: agreed(9), asOf: at(4) }), [{ type: 'met', time: at(3) }])
})
