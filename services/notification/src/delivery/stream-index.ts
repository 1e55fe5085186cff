import type { EventType } from '@dueline/contracts'
import { reads, type EventScope } from '../domain/event-scope.ts'
import { visibility } from '../domain/visibility.ts'
import type { EventStream } from './event-stream.ts'

/**
 * The streams of a tenant by what they are about, so that an event is looked at for those alone that it can concern:
 * those of its ticket, its customer, its assignee, its team, its addressee, and of who reads them all.
 */
export class StreamIndex {
  readonly #groups = new Map<string, Set<EventStream>>()
  readonly #members = new Set<EventStream>()

  has (stream: EventStream): boolean {
    return this.#members.has(stream)
  }

  add (stream: EventStream): void {
    this.#members.add(stream)
    for (const key of keysOf(stream)) {
      const group = this.#groups.get(key) ?? new Set()
      this.#groups.set(key, group.add(stream))
    }
  }

  delete (stream: EventStream): void {
    if (!this.#members.delete(stream)) return
    for (const key of keysOf(stream)) {
      const group = this.#groups.get(key)
      group?.delete(stream)
      if (group?.size === 0) this.#groups.delete(key)
    }
  }

  /** Streams whose readers read the event, each once. */
  readersOf (type: EventType, scope: EventScope): EventStream[] {
    const found = new Set<EventStream>()
    for (const key of keysOfEvent(type, scope)) {
      for (const stream of this.#groups.get(key) ?? []) {
        if (reads(stream.reader, stream.filter, type, scope)) found.add(stream)
      }
    }
    return [...found]
  }
}

/** The groups that a stream is in: an event that its reader reads is of one of them at least. */
function keysOf ({ reader: { sees, personId }, filter: { ticketIds, assignee, team } }: EventStream): string[] {
  if (ticketIds !== undefined) return ticketIds.map((id) => `ticket ${id}`)
  if (sees === 'own') return [`customer ${personId}`]
  const addressed = `person ${personId}`
  if (sees === 'nothing') return [addressed]
  if (assignee !== undefined) return [`assignee ${assignee}`, addressed]
  if (team !== undefined) return [`team ${team}`, addressed]
  return sees === 'tickets' ? ['tickets', addressed] : ['everything']
}

function keysOfEvent (type: EventType, { ticketId, customerId, personId, assignees, teams }: EventScope): string[] {
  return [
    'everything',
    ...(visibility[type].circle === 'ticket' ? ['tickets'] : []),
    ...(ticketId === null ? [] : [`ticket ${ticketId}`]),
    ...(customerId === null ? [] : [`customer ${customerId}`]),
    ...(personId === null ? [] : [`person ${personId}`]),
    ...assignees.map((each) => `assignee ${each}`),
    ...teams.map((each) => `team ${each}`)
  ]
}
