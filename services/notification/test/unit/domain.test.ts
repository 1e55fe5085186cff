import { isOfType } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { audienceOf, concernedBy, type People } from '../../src/domain/audience.ts'
import { compose } from '../../src/domain/compose.ts'
import { mailWaits, nextAttemptAt, webhookWaits } from '../../src/domain/retry-schedule.ts'
import { renderText, textKeys } from '../../src/domain/texts.ts'
import { breached, cast, event, ticket, who } from '../events.ts'

const people: People = new Map(cast.flatMap((each) => isOfType(each, 'dueline.person.changed.v1') ? [[each.data.person.id, each.data.person]] : []))
const readers = (...args: Parameters<typeof event>): string[] => audienceOf(event(...args), people).map(({ personId }) => personId)
const by = (id: string): Record<string, unknown> => ({ actor: { kind: 'agent', id, screenName: 'x' } })

t.test('who hears what', async (t) => {
  t.same(readers('dueline.ticket.created.v1', by(who.customer)), [who.customer], 'a receipt goes to the customer, who opened it himself')
  t.same(readers('dueline.ticket.assigned.v1'), [who.agent])
  t.same(readers('dueline.ticket.assigned.v1', by(who.agent)), [], 'nobody hears of what he did himself')
  const message = (kind: string, authorKind: string): Record<string, unknown> => ({ message: { id: ticket.id, kind, authorKind, authorId: null, excerpt: '…' } })
  t.same(readers('dueline.ticket.message-added.v1', message('public', 'agent')), [who.customer])
  t.same(readers('dueline.ticket.message-added.v1', message('public', 'customer')), [who.agent])
  t.same(readers('dueline.ticket.message-added.v1', message('internal', 'agent')), [], 'internal notes stay inside')
  for (const to of ['waiting_on_customer', 'resolved', 'closed']) t.same(readers('dueline.ticket.status-changed.v1', { from: 'open', to, reason: null }), [who.customer], to)
  t.same(readers('dueline.ticket.status-changed.v1', { from: 'new', to: 'open', reason: null }), [])
  t.same(audienceOf(breached(), people).map((each) => each.personId), [who.agent, who.manager])
  t.same(audienceOf({ ...breached(), historical: true }, people), [], 'imported past is heard by nobody')
  const reached = { actions: [{ kind: 'notify', personIds: [who.ceo, who.ceo, '01900000-0000-7000-8000-0000000000ff'] }, { kind: 'raise_priority', priority: 'P0' }] }
  t.same(readers('dueline.escalation.level-reached.v1', reached), [who.ceo], 'each once, strangers not at all')
  t.ok(concernedBy(event('dueline.escalation.level-reached.v1', reached)).includes(who.ceo))
})

t.test('every text exists in every language, fills its names and stays one line in the subject', async (t) => {
  const values = { number: 'T-1', subject: 'a\nb {number}', status: 'open', actor: 'Desk', excerpt: 'x', metric: 'first_response', dueAt: 'now', level: 'L1', name: 'N' }
  for (const language of ['en', 'ar'] as const) {
    for (const key of textKeys) {
      const { subject, body } = renderText(language, key, values)
      t.notMatch(subject, /\n|first_response/, `${language} ${key}`)
      t.notMatch(body.replace('a\nb {number}', ''), /\{\w+\}/, 'no name is left over')
      t.match(body, 'N')
    }
  }
  t.match(renderText('en', 'ticket.created/customer', values).subject, '{number}', 'what a customer typed is not filled in')
})

t.test('customers read screen names only', async (t) => {
  const answer = event('dueline.ticket.message-added.v1', { actor: { kind: 'agent', id: who.agent, screenName: 'Desk 1' }, message: { id: ticket.id, kind: 'public', authorKind: 'agent', authorId: who.agent, excerpt: 'Done.' } })
  const draft = compose(answer, { personId: who.customer, part: 'customer' }, { id: who.customer, name: 'Carla', screenName: 'C', role: 'customer', language: 'en' }, () => '')
  t.match(draft.subject, 'Desk 1 answered')
  t.notMatch(`${draft.subject}${draft.body}`, /Original Name/)
})

t.test('retries follow the schedule within a fifth, honour a longer Retry-After up to a day, and end', async (t) => {
  for (const waits of [webhookWaits, mailWaits]) {
    fc.assert(fc.property(fc.nat(waits.length + 2), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(200_000), (attempts, draw, retryAfterSeconds) => {
      const next = nextAttemptAt({ waits, attempts, now: 0, draw, retryAfter: retryAfterSeconds * 1e6 })
      const wait = waits[attempts]
      if (wait === undefined) return next === null
      const asked = Math.min(retryAfterSeconds * 1e6, 86_400e6)
      return next !== null && next >= Math.max(Math.floor(wait * 0.8), asked) && next <= Math.max(Math.ceil(wait * 1.2), asked)
    }))
  }
})
