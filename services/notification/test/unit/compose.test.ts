import type { DuelineEvent, PersonSnapshot } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import type { NotifiableEvent, Listener } from '../../src/domain/audience.ts'
import { compose, type Draft, type Reader } from '../../src/domain/compose.ts'
import { afterEvent, nothingOpen, type OpenMatters } from '../../src/domain/open-matters.ts'
import { english } from '../../src/domain/texts.en.ts'
import { renderText, type TextKey, type TextValues } from '../../src/domain/texts.ts'
import { durationWords, markWords } from '../../src/domain/words.ts'
import { readerTime } from '../../src/consumers/reader-time.ts'
import {
  assigned,
  breached,
  clock,
  escalation,
  event,
  levelReached,
  marked,
  message,
  resumed,
  ticket,
  withdrawn,
  who
} from '../events.ts'

const agent: Reader = { id: who.agent, name: 'Original Name', screenName: 'Desk 1', role: 'agent', language: 'en' }
const customer: Reader = { id: who.customer, name: 'Carla', screenName: 'C', role: 'customer', language: 'en' }
const write = (each: DuelineEvent, part: Listener['part'], reader: Reader = agent, open?: OpenMatters): Draft =>
  compose(each as NotifiableEvent, { personId: reader.id, part }, reader, {
    time: (instant) => readerTime(instant, reader.language, ['Europe/Berlin']),
    ...(open === undefined ? {} : { open })
  })
const arabic: Reader = { ...agent, language: 'ar' }
const blank = /^\s*$|Hello ,|مرحبًا ،|undefined|\{\w+\}|\[ ?\]|\( ?\)|Invalid/

t.test('every text exists in every language, fills its names and stays one line in the subject', async (t) => {
  const values: TextValues = {
    number: 'T-1',
    subject: 'a\nb {number}',
    status: 'open',
    actor: 'Desk',
    excerpt: 'x',
    metric: 'first_response',
    dueAt: 'now',
    since: 'then',
    mark: '50%',
    left: '1 hour',
    urgent: '',
    level: 'L1',
    escalationId: 'E1',
    name: 'N'
  }
  for (const language of ['en', 'ar'] as const) {
    for (const key of Object.keys(english.texts) as TextKey[]) {
      const { subject, body } = renderText(language, key, values)
      t.notMatch(subject, /\n|first_response/, `${language} ${key}`)
      t.notMatch(body.replaceAll('a b {number}', ''), /\{\w+\}/, 'no name is left over')
      t.match(body, 'N')
    }
  }
  t.match(
    renderText('en', 'ticket.created/customer', values).subject,
    '{number}',
    'what a customer typed is not filled in'
  )
})

t.test('a subject is one line, whatever was typed', async (t) => {
  const typed = { ...ticket, subject: 'Printer\r\nBcc: x@y.example\u2028\0 \u202egnp\ud800' + 'x'.repeat(240) }
  const { subject, body } = write(event('dueline.ticket.created.v1', { ticket: typed }), 'customer', customer)
  t.match(subject, /^\[T-000001\] We received your request: Printer Bcc: x@y\.example gnp\ufffdx{100,}$/)
  t.ok(subject.length <= 400)
  t.notMatch(body, /\u202e|\0|\ud800|\u2028/)
  const level = { number: 1, name: 'a\nb'.repeat(60), last: false }
  t.ok(
    write(levelReached({ level, ticket: typed }), 'target').subject.length <= 500,
    'as the event of a sent message asks for'
  )
})

t.test('customers read screen names only; a staff author without a name has one', async (t) => {
  const by = (screenName: string | null) =>
    event('dueline.ticket.message-added.v1', {
      ...message('public', 'agent', who.agent),
      actor: { kind: 'agent', id: who.agent, screenName }
    })
  const draft = write(by('Desk 1'), 'customer', customer)
  t.match(draft.subject, 'Desk 1 answered')
  t.notMatch(`${draft.subject}${draft.body}`, /Original Name/)
  for (const name of [null, '', '  ', '\u200b', '\u202e\u2066']) {
    t.match(write(by(name), 'customer', customer).subject, '[T-000001] Our team answered: Printer')
  }
  t.match(write(by(null), 'customer', { ...customer, language: 'ar' }).body, 'فريق الدعم')
})

t.test('no name, mark or time is empty in any text to anybody', async (t) => {
  const name = fc.constantFrom('', ' ', '\u200b', '\ud800', 'Nora', 'نورة', '\u202e', 'a\nb')
  const reader = fc.record({
    name,
    screenName: name,
    role: fc.constantFrom<PersonSnapshot['role']>('agent', 'customer'),
    language: fc.constantFrom<'en' | 'ar'>('en', 'ar')
  })
  const texts: [DuelineEvent, Listener['part']][] = [
    [marked('warned', { key: 'percent:80', urgent: true }), 'assignee'],
    [marked('reminded', { key: 'before:PT30M' }, { calendarId: who.ceo }), 'manager'],
    [marked('overdue', { key: 'after:PT0.01S' }), 'lead'],
    [breached(), 'assignee'],
    [withdrawn(), 'manager'],
    [assigned(null, who.agent), 'assignee'],
    [resumed(clock.dueAt), 'lead'],
    [event('dueline.ticket.created.v1'), 'customer'],
    [event('dueline.ticket.message-added.v1', message('public', 'agent')), 'customer']
  ]
  fc.assert(fc.property(reader, fc.constantFrom(...texts), (each, [event, part]) => {
    const { subject, body } = write(event, part, { ...each, id: who.agent })
    return !blank.test(subject) && !blank.test(body) && !/[\ud800-\udfff\u202e]/.test(subject + body)
  }))
})

t.test('a warning says which mark it is, when it is due in the zone of its reader, and how much is left', async (t) => {
  const half = write(marked('warned', { key: 'percent:50' }), 'assignee')
  t.equal(half.subject, '[T-000001] Warning (50%): first response due Jan 1, 2026, 11:00 AM GMT+1')
  t.equal(
    half.body,
    'Hello Desk 1,\n\n50% of the time for the first response of ticket T-000001 "Printer" is used. ' +
      'It is due Jan 1, 2026, 11:00 AM GMT+1: 1 hour left.'
  )
  t.match(half, { mark: 'percent:50', urgent: false, clockId: clock.id, escalationId: null, breachOf: [] })
  const urgent = write(
    marked('warned', { key: 'percent:80', urgent: true }, { remaining: 'PT24M30S', calendarId: who.ceo }),
    'assignee'
  )
  t.equal(urgent.subject, '[T-000001] Warning, urgent (80%): first response due Jan 1, 2026, 11:00 AM GMT+1')
  t.match(urgent.body, '24 minutes, 30 seconds of working time left.\n\nThis is urgent.')
  const reminder = write(marked('reminded', { key: 'before:PT30M' }, { remaining: 'PT30M' }), 'assignee')
  t.equal(reminder.subject, '[T-000001] Reminder (30 minutes before): first response due Jan 1, 2026, 11:00 AM GMT+1')
  t.match(
    write(marked('overdue', { key: 'after:PT1H' }), 'assignee').subject,
    'Still missed (1 hour after): first response was due'
  )
  const subject = '[T-000001] Missed: first response was due Jan 1, 2026, 11:00 AM GMT+1'
  t.match(write(breached(), 'assignee'), { subject, breachOf: [clock.id], urgent: true })
  t.match(write(resumed(clock.dueAt), 'assignee'), {
    subject: '[T-000001] Open again and missed: first response was due Jan 1, 2026, 11:00 AM GMT+1',
    breachOf: [clock.id]
  })
  t.match(
    write(withdrawn(), 'manager').body,
    'due Jan 1, 2026, 11:00 AM GMT+1, was missed. By what is known now it was not.'
  )
  t.match(write(breached({ ticket: { ...ticket, assigneeId: null } }), 'lead').body, 'it has no assignee')
  t.match(write(breached(), 'lead').body, 'its assignee is inactive')
})

t.test('in Arabic too', async (t) => {
  const { subject, body } = write(
    marked('warned', { key: 'percent:80', urgent: true }, { remaining: 'PT3H5M', calendarId: who.ceo }),
    'assignee',
    arabic
  )
  t.match(subject, /^\u200f\[T-000001\] تنبيه، عاجل \((?:80|٨٠)\u200e?[%٪][\u200e\u061c]?\): موعد الرد الأول هو /)
  t.match(body, /[3٣] ساعات و[5٥] دقائق من وقت العمل/)
  t.match(body, '«\u2068Printer\u2069»', 'what is written the other way does not mix up what stands around it')
  t.match(body, 'هذا عاجل.')
})

t.test('a mail that asks for acknowledgement names the escalation', async (t) => {
  const draft = write(levelReached({ level: { number: 1, name: 'Lead', last: true } }), 'target')
  t.match(draft, { escalationId: escalation.id, clockId: clock.id })
  t.match(draft.body, `Please acknowledge escalation ${escalation.id}.`)
})

t.test('who is given a ticket is notified of what is open, in one message', async (t) => {
  const written = event('dueline.ticket.message-added.v1', message('public', 'customer'))
  const other = marked('warned', { key: 'percent:50' }, { id: who.ceo, metric: 'resolution', sequence: 2 })
  const open = [breached(), other, written].reduce(afterEvent, nothingOpen)
  const { subject, body, breachOf } = write(assigned(null, who.agent), 'assignee', agent, open)
  t.equal(subject, '[T-000001] Assigned to you: Printer')
  t.equal(
    body,
    `Hello Desk 1,

Ticket T-000001 "Printer" is now assigned to you.

Still open:
- first response: missed, it was due Jan 1, 2026, 11:00 AM GMT+1
- resolution: due Jan 1, 2026, 11:00 AM GMT+1
- the customer has waited for an answer since Jan 1, 2026, 9:00 AM GMT+1`
  )
  t.same(breachOf, [clock.id], 'he is one who was notified of the breach')
  t.match(
    write(event('dueline.ticket.created.v1'), 'assignee').subject,
    'Assigned to you: Printer',
    'a new ticket is announced as one that is passed on'
  )
  t.notMatch(write(event('dueline.ticket.created.v1'), 'customer', customer, open).body, 'open')
})

t.test('durations and marks in words are never longer than they are', async (t) => {
  const inWords = (seconds: number): string => durationWords(seconds * 1e6, 'en', 'no time')
  const expected: [number, string][] = [
    [0, 'no time'],
    [0.09, 'no time'],
    [0.5, '0.5 seconds'],
    [1, '1 second'],
    [59.99, '59.9 seconds'],
    [60, '1 minute'],
    [90, '1 minute, 30 seconds'],
    [3_599.9, '59 minutes, 59 seconds'],
    [3_600, '1 hour'],
    [5_400, '1 hour, 30 minutes'],
    [360_000, '100 hours']
  ]
  for (const [seconds, words] of expected) t.equal(inWords(seconds), words)
  t.equal(markWords('percent:12.5', 'en', ''), '12.5%')
  t.equal(markWords('breach', 'en', ''), '')
})

t.test('times are shown in the first zone that there is, and name it', async (t) => {
  const at = '2026-07-01T12:00:00.000000Z'
  const shown = (zones: Parameters<typeof readerTime>[2]): string => readerTime(at, 'en', zones).replace(/\s/g, ' ')
  t.equal(shown(['America/New_York', 'Europe/Berlin']), 'Jul 1, 2026, 8:00 AM EDT')
  t.equal(shown([null, 'Europe/Berlin']), 'Jul 1, 2026, 2:00 PM GMT+2')
  t.equal(shown(['Mars/Base', undefined]), 'Jul 1, 2026, 12:00 PM UTC')
  t.equal(shown([]), 'Jul 1, 2026, 12:00 PM UTC')
})
