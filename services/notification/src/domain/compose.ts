import { isOfType, type DuelineEvent, type Language, type PersonSnapshot } from '@dueline/contracts'
import type { Listener } from './audience.ts'
import { renderText, type Text, type TextKey, type TextValues } from './texts.ts'

/** A message for one person, before it has a channel. */
export interface Draft extends Text { personId: string, language: Language, ticketId: string | null }

/** What composing needs to know of its reader. */
export type Reader = Pick<PersonSnapshot, 'id' | 'name' | 'screenName' | 'role' | 'language'>

/** Writes an event for one listener. @param formatDueAt shows an RFC 3339 instant to a reader of `language` */
export function compose (event: DuelineEvent, listener: Listener, reader: Reader, formatDueAt: (instant: string, language: Language) => string): Draft {
  const values = valuesOf(event, reader, formatDueAt)
  return { ...renderText(reader.language, textKeyOf(event, listener), values), personId: reader.id, language: reader.language, ticketId: ticketIdOf(event) }
}

export function ticketIdOf (event: DuelineEvent): string | null {
  return event.subject.startsWith('ticket/') ? event.subject.slice('ticket/'.length) : null
}

function textKeyOf (event: DuelineEvent, { part }: Listener): TextKey {
  const noun = event.type.replace(/^dueline\./, '').replace(/\.v\d+$/, '')
  if (isOfType(event, 'dueline.ticket.status-changed.v1')) return `ticket.${event.data.to}/${part}` as TextKey
  return (noun.startsWith('ticket.') ? `${noun}/${part}` : noun) as TextKey
}

function valuesOf (event: DuelineEvent, reader: Reader, formatDueAt: (instant: string, language: Language) => string): TextValues {
  const data = event.data as {
    ticket: { number: string, subject: string, status: string }
    actor?: { screenName: string | null }
    message?: { excerpt: string }
    clock?: { metric: string }
    escalation?: { metric: string }
    mark?: { dueAt: string }
    level?: { name: string }
  }
  return {
    number: data.ticket.number,
    subject: data.ticket.subject,
    status: data.ticket.status,
    actor: data.actor?.screenName ?? '',
    excerpt: data.message?.excerpt ?? '',
    metric: data.clock?.metric ?? data.escalation?.metric ?? '',
    dueAt: dueAtOf(data, reader.language, formatDueAt),
    level: data.level?.name ?? '',
    name: reader.role === 'customer' ? reader.name : reader.screenName
  }
}

/** A warning speaks of the deadline that is coming; a breach of the one that passed. */
function dueAtOf (data: { clock?: { metric: string, dueAt?: string | null }, mark?: { dueAt: string } }, language: Language, format: (instant: string, language: Language) => string): string {
  const instant = data.clock?.dueAt ?? data.mark?.dueAt
  return instant === undefined ? '' : format(instant, language)
}
