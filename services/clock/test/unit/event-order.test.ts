import t, { type Test } from 'tap'
import type { ChangeType, Draft } from '../../src/domain/difference.ts'
import { inEventOrder } from '../../src/domain/event-order.ts'
import type { MarkEvent } from '../../src/domain/marks.ts'

const draft = (type: ChangeType, time = 10, { clockId = 'a', mark = null as MarkEvent | null } = {}): Draft => ({
  type,
  clockId,
  time,
  mark: mark === null ? null : { key: mark, event: mark, urgent: false, at: time }
} as unknown as Draft)
const shown = (drafts: readonly Draft[]): string[] =>
  drafts.map(({ type, clockId, time }) => `${type} ${clockId} ${time}`)

/** Whatever the order in which they come, they go out in the one that is written. */
function ordered (t: Test, name: string, ...drafts: Draft[]): void {
  for (const given of [drafts, drafts.toReversed(), [...drafts.slice(1), drafts[0]!]]) {
    t.same(shown(inEventOrder(given)), shown(drafts), name)
  }
}

t.test('what is taken back comes first, then what begins, what happens, and what ends, whenever that was', (t) => {
  ordered(
    t,
    'first to last',
    draft('breach-withdrawn', 50),
    draft('started', 40),
    draft('warned', 30),
    draft('met', 20)
  )
  for (const begins of ['started', 'extended', 'replanned'] as const) {
    for (const happens of ['resumed', 'warned', 'reminded', 'breached', 'overdue', 'paused'] as const) {
      ordered(t, `${begins} before ${happens}`, draft('breach-withdrawn', 50), draft(begins, 40), draft(happens, 30))
    }
  }
  for (const ends of ['met', 'cancelled', 'waived'] as const) ordered(t, ends, draft('paused', 40), draft(ends, 20))
  t.end()
})

t.test('of one rank the earlier comes first', (t) => {
  ordered(t, 'beginnings', draft('replanned', 10), draft('started', 20), draft('extended', 30))
  ordered(t, 'marks', draft('breached', 10), draft('warned', 20), draft('resumed', 30))
  ordered(t, 'endings', draft('waived', 10), draft('met', 20), draft('cancelled', 30))
  t.end()
})

t.test('in one instant a clock goes on before it reaches marks, and pauses after', (t) => {
  const marks = (['warned', 'reminded', 'breached', 'overdue'] as const).map((mark) => draft(mark, 10, { mark }))
  ordered(t, 'around its marks', draft('resumed'), ...marks, draft('paused'))
  t.end()
})

t.test('what is alike goes by clock', (t) => {
  ordered(t, 'paused', draft('paused', 10, { clockId: 'a' }), draft('paused', 10, { clockId: 'b' }))
  const mark = 'breached' as const
  ordered(t, mark, draft(mark, 10, { clockId: 'a', mark }), draft(mark, 10, { clockId: 'b', mark }))
  ordered(
    t,
    'with and without a mark',
    draft('breached', 10, { clockId: 'a' }),
    draft(mark, 10, { clockId: 'b', mark })
  )
  t.end()
})
