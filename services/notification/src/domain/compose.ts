import { parseDuration } from '@dueline/business-time'
import type { ClockSnapshot, DuelineEvent, Language, PersonSnapshot } from '@dueline/contracts'
import { isNotifiableStatus, type NotifiableEvent, type Listener } from './audience.ts'
import { nothingOpen, type OpenClock, type OpenMatters } from './open-matters.ts'
import { renderSentence, renderText, wordOf, type Text, type TextKey, type TextValues } from './texts.ts'
import { durationWords, firstVisible, markWords } from './words.ts'

/** A message for one person, before it has a channel. */
export interface Draft extends Text {
  personId: string
  language: Language
  ticketId: string | null
  clockId: string | null
  escalationId: string | null
  /** The mark that was reached, as in events: `percent:80`. */
  mark: string | null
  urgent: boolean
  /** The clocks whose breach it reports. */
  breachOf: string[]
}

/** What composing needs to know of its reader. */
export type Reader = Pick<PersonSnapshot, 'id' | 'name' | 'screenName' | 'role' | 'language'>

/** What a text is written with, besides its event. */
export interface Frame {
  /** Shows an RFC 3339 instant to the reader; of a clock, its calendar's zone is the next best to the reader's own. */
  time(instant: string, calendarId: string | null): string
  /** What is open of a ticket that the reader is given. */
  open?: OpenMatters
}

/** What an event holds, as far as texts name it. */
function partsOf ({ data }: NotifiableEvent) {
  return {
    ticket: data.ticket,
    actor: 'actor' in data ? data.actor : undefined,
    message: 'message' in data ? data.message : undefined,
    clock: 'clock' in data ? data.clock : undefined,
    escalation: 'escalation' in data ? data.escalation : undefined,
    mark: 'mark' in data ? data.mark : undefined,
    level: 'level' in data ? data.level : undefined,
    withdrawn: 'withdrawn' in data ? data.withdrawn : undefined
  }
}
type Parts = ReturnType<typeof partsOf>

/** Writes an event for one listener. */
export function compose (event: NotifiableEvent, listener: Listener, reader: Reader, frame: Frame): Draft {
  const { language } = reader
  const parts = partsOf(event)
  const { subject, body } = renderText(language, textKeyOf(event, listener), valuesOf(event, parts, reader, frame))
  const isGivenTo = isGiven(event) && (listener.part === 'assignee' || listener.part === 'lead')
  const open = isGivenTo ? frame.open ?? nothingOpen : nothingOpen
  return {
    subject,
    body: [body, ...additions(parts, listener, language), ...openParagraph(open, language, frame)].join('\n\n'),
    personId: reader.id,
    language,
    ticketId: ticketIdOf(event),
    clockId: parts.clock?.id ?? parts.escalation?.clockId ?? null,
    escalationId: parts.escalation?.id ?? null,
    mark: parts.mark?.key ?? null,
    urgent: parts.mark?.urgent ?? false,
    breachOf: breachesAnnouncedBy(event, open)
  }
}

/** An escalation is one of a breach, and a clock that runs again is announced when it is in breach. */
function breachesAnnouncedBy (event: NotifiableEvent, open: OpenMatters): string[] {
  if (event.type === 'dueline.clock.breached.v1' || event.type === 'dueline.clock.resumed.v1') {
    return [event.data.clock.id]
  }
  if (event.type === 'dueline.escalation.level-reached.v1') return [event.data.escalation.clockId]
  return open.clocks.filter(({ breachedAt }) => breachedAt !== null).map(({ clockId }) => clockId)
}

export function ticketIdOf (event: DuelineEvent): string | null {
  return event.subject.startsWith('ticket/') ? event.subject.slice('ticket/'.length) : null
}

/**
 * Whether the event gives the ticket to somebody, or leaves it to whoever is in charge; a new ticket's assignee is
 * notified as by an assignment.
 */
function isGiven ({ type }: DuelineEvent): boolean {
  return type === 'dueline.ticket.assigned.v1' || type === 'dueline.ticket.created.v1'
}

function textKeyOf (event: NotifiableEvent, { part }: Listener): TextKey {
  const audience = part === 'customer' ? 'customer' : 'staff'
  switch (event.type) {
    case 'dueline.ticket.created.v1':
      return audience === 'customer' ? 'ticket.created/customer' : 'ticket.assigned/staff'
    case 'dueline.ticket.message-added.v1':
      return `ticket.message-added/${audience}`
    case 'dueline.ticket.status-changed.v1': {
      const { to } = event.data
      if (!isNotifiableStatus(to)) throw new Error(`nobody hears that a ticket is ${to}`)
      return `ticket.${to}/customer`
    }
    case 'dueline.ticket.assigned.v1':
      return part === 'lead' ? 'ticket.unassigned/staff' : 'ticket.assigned/staff'
    case 'dueline.ticket.reopened.v1':
      return 'ticket.reopened/staff'
    case 'dueline.clock.warned.v1':
      return 'clock.warned/staff'
    case 'dueline.clock.reminded.v1':
      return 'clock.reminded/staff'
    case 'dueline.clock.breached.v1':
      return 'clock.breached/staff'
    case 'dueline.clock.overdue.v1':
      return 'clock.overdue/staff'
    case 'dueline.clock.resumed.v1':
      return 'clock.resumed/staff'
    case 'dueline.clock.breach-withdrawn.v1':
      return 'clock.breach-withdrawn/staff'
    case 'dueline.escalation.level-reached.v1':
      return 'escalation.level-reached/staff'
  }
}

function valuesOf (event: NotifiableEvent, parts: Parts, reader: Reader, { time }: Frame): TextValues {
  const { language } = reader
  const { ticket, clock, mark } = parts
  const noTime = wordOf(language, 'noTime')
  const names = reader.role === 'customer' ? [reader.name, reader.screenName] : [reader.screenName, reader.name]
  const dueAt = deadlineOf(event, parts)
  return {
    number: ticket.number,
    subject: ticket.subject,
    status: ticket.status,
    actor: firstVisible(parts.actor?.screenName) ?? wordOf(language, 'team'),
    excerpt: parts.message?.excerpt ?? '',
    metric: clock?.metric ?? parts.escalation?.metric ?? '',
    dueAt: dueAt === null ? '' : time(dueAt, clock?.calendarId ?? null),
    since: '',
    mark: mark === undefined ? '' : markWords(mark.key, language, noTime),
    left: clock === undefined ? '' : leftWords(clock, language, noTime),
    urgent: mark?.urgent === true ? wordOf(language, 'urgent') : '',
    level: parts.level?.name ?? '',
    escalationId: parts.escalation?.id ?? '',
    name: firstVisible(...names) ?? wordOf(language, 'somebody')
  }
}

/** A warning speaks of the deadline that is coming, a breach of the one that was missed. */
function deadlineOf (event: NotifiableEvent, { clock, mark, withdrawn }: Parts): string | null {
  if (withdrawn !== undefined) return withdrawn.dueAt
  if (event.type === 'dueline.clock.breached.v1') return event.data.mark.dueAt
  if (event.type === 'dueline.clock.resumed.v1') return event.data.clock.breachedAt
  return clock?.dueAt ?? mark?.dueAt ?? null
}

function leftWords ({ remaining, calendarId }: ClockSnapshot, language: Language, noTime: string): string {
  const left = remaining.startsWith('-') ? 0 : parseDuration(remaining)
  return `${durationWords(left, language, noTime)}${calendarId === null ? '' : wordOf(language, 'workingTime')}`
}

function additions ({ ticket, mark, clock }: Parts, { part }: Listener, language: Language): string[] {
  const isUrgent = mark?.urgent === true && clock?.breachedAt === null
  const isLead = part === 'lead'
  return [
    ...(isUrgent ? [renderSentence(language, 'urgent', {})] : []),
    ...(isLead ? [renderSentence(language, ticket.assigneeId === null ? 'unassigned' : 'inactive', {})] : [])
  ]
}

/** One line for each thing that is open. */
function openParagraph (open: OpenMatters, language: Language, { time }: Frame): string[] {
  const line = ({ metric, calendarId, dueAt, breachedAt }: OpenClock): string => {
    const at = breachedAt ?? dueAt
    if (at === null) return renderSentence(language, 'open.paused', { metric })
    const key = breachedAt === null ? 'open.due' : 'open.breached'
    return renderSentence(language, key, { metric, dueAt: time(at, calendarId) })
  }
  const lines = [...open.clocks].sort(byGravity).map(line)
  const { waitingSince } = open
  if (waitingSince !== null) lines.push(renderSentence(language, 'open.waiting', { since: time(waitingSince, null) }))
  return lines.length === 0 ? [] : [[renderSentence(language, 'open', {}), ...lines].join('\n')]
}

/** What was missed comes first, then what is due; each by its instant. */
function byGravity (a: OpenClock, b: OpenClock): number {
  const rank = ({ breachedAt, dueAt }: OpenClock): string => breachedAt === null ? `1${dueAt ?? '~'}` : `0${breachedAt}`
  return rank(a) < rank(b) ? -1 : 1
}
