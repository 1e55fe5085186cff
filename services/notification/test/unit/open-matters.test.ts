import fc from 'fast-check'
import t from 'tap'
import { afterEvent, isNothingOpen, nothingOpen } from '../../src/domain/open-matters.ts'
import { breached, clock, event, marked, message, withdrawn } from '../events.ts'

const said = (kind: string, authorKind: string) => event('dueline.ticket.message-added.v1', message(kind, authorKind))
const moved = (to: string) => event('dueline.ticket.status-changed.v1', { from: 'open', to, reason: null })
const met = (sequence: number) =>
  event('dueline.clock.met.v1', { clock: { ...clock, state: 'met', sequence, warnedAt: clock.startedAt } })

t.test('a clock is open from its first mark until it stops', async (t) => {
  const warned = afterEvent(nothingOpen, marked('warned', { key: 'percent:50' }))
  t.match(warned.clocks, [{ clockId: clock.id, breachedAt: null, dueAt: clock.dueAt }])
  t.match(afterEvent(warned, breached()).clocks, [{ breachedAt: '2026-01-01T10:00:00.000000Z' }])
  t.equal(isNothingOpen(afterEvent(warned, met(9))), true)
  t.equal(
    isNothingOpen([warned].reduce((open) => afterEvent(afterEvent(open, breached()), withdrawn()), warned)),
    true,
    'a breach that is withdrawn'
  )
  t.equal(afterEvent(nothingOpen, event('dueline.clock.paused.v1', { clock })), nothingOpen, 'no mark, nothing open')
  t.match(
    afterEvent(nothingOpen, breached({}, { recordedOnly: 'superseded' })).clocks.length,
    1,
    'a breach that is only recorded is one'
  )
})

t.test('an older event of a clock changes nothing', async (t) => {
  const open = afterEvent(nothingOpen, breached())
  t.equal(afterEvent(open, marked('warned', { key: 'percent:50' })), open)
  t.equal(afterEvent(open, breached()), open)
})

t.test('a customer waits from what he wrote until he is answered', async (t) => {
  const open = afterEvent(nothingOpen, said('public', 'customer'))
  t.equal(open.waitingSince, '2026-01-01T08:00:00.000000Z')
  t.equal(
    afterEvent(open, { ...said('public', 'customer'), time: '2026-01-01T09:00:00.000000Z' }),
    open,
    'since the first'
  )
  t.equal(afterEvent(open, said('internal', 'agent')), open)
  t.equal(afterEvent(nothingOpen, said('automatic', 'customer')), nothingOpen, 'an automatic reply asks for nothing')
  t.equal(isNothingOpen(afterEvent(open, said('public', 'agent'))), true)
  for (const to of ['resolved', 'closed', 'cancelled', 'waiting_on_customer']) {
    t.equal(isNothingOpen(afterEvent(open, moved(to))), true, to)
  }
  for (const to of ['open', 'waiting_on_vendor']) t.equal(afterEvent(open, moved(to)), open, to)
})

t.test('each clock is open once, whatever comes in which order', async (t) => {
  const events = fc.array(fc.constantFrom(
    marked('warned', { key: 'percent:50' }),
    breached(),
    withdrawn(),
    met(5),
    said('public', 'customer'),
    said('public', 'agent'),
    moved('resolved')
  ))
  fc.assert(fc.property(events, (all) => {
    const { clocks } = all.reduce(afterEvent, nothingOpen)
    return new Set(clocks.map(({ clockId }) => clockId)).size === clocks.length
  }))
})
