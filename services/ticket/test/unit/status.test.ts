import { ticketStatuses } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import {
  afterMove,
  allowedMoves,
  isReopening,
  isWorking,
  statusMoves,
  withinReopenWindow
} from '../../src/domain/status.ts'

// written out again on purpose: callers rely on the table
const allowedFrom: Record<string, string> = {
  new: 'open waiting_on_customer waiting_on_vendor resolved cancelled',
  open: 'waiting_on_customer waiting_on_vendor resolved cancelled',
  waiting_on_customer: 'open waiting_on_vendor resolved cancelled',
  waiting_on_vendor: 'open waiting_on_customer resolved cancelled',
  resolved: 'open closed',
  closed: 'open',
  cancelled: ''
}

void t.test('every pair of statuses is decided by the table', async (t) => {
  for (const from of ticketStatuses) {
    for (const to of ticketStatuses) {
      const allowed = allowedMoves({ status: from, resolvedAt: 0, closedAt: 0 }, 10, 10).includes(to)
      t.equal(allowed, allowedFrom[from]!.split(' ').includes(to), `${from} → ${to}`)
      t.equal(isReopening(from, to), (from === 'resolved' || from === 'closed') && isWorking(to))
    }
  }
  t.same(Object.keys(statusMoves), [...ticketStatuses])
})

void t.test('a closed ticket cannot be reopened by hand after the window; its end is included', async (t) => {
  const closed = { status: 'closed', resolvedAt: 0, closedAt: 100 } as const
  t.same(allowedMoves(closed, 110, 10), ['open'])
  t.same(allowedMoves(closed, 111, 10), [])
  t.same(allowedMoves({ status: 'resolved', resolvedAt: 0, closedAt: null }, 1e9, 10), ['open', 'closed'])
  t.ok(withinReopenWindow(null, 1, 0))
})

void t.test('dates and reopen count follow from any sequence of moves', async (t) => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...ticketStatuses), { maxLength: 30 }), (moves) => {
    let state: Parameters<typeof afterMove>[0] = { status: 'new', resolvedAt: null, closedAt: null, reopenCount: 0 }
    let reopened = 0
    moves.forEach((to, at) => {
      if (isReopening(state.status, to)) reopened++
      state = afterMove(state, to, at)
      if (state.status !== to || state.reopenCount !== reopened) throw new Error('lost a move')
      if (
        isWorking(to) && moves[at - 1] !== 'cancelled' && at > 0 &&
        (moves[at - 1] === 'resolved' || moves[at - 1] === 'closed') &&
        (state.resolvedAt !== null || state.closedAt !== null)
      ) throw new Error('a reopened ticket is neither resolved nor closed')
      if (to === 'resolved' && state.resolvedAt === null) throw new Error('resolved without a date')
      if (to === 'closed' && state.closedAt !== at) throw new Error('closed without a date')
    })
  }))
})
