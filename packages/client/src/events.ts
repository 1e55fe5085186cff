import type { components } from './generated/events.ts'

type Events = components['schemas']

/** Types of the events that this version of the client knows; a newer server may send others. */
export type EventType = keyof Events
/** The event of a type: a CloudEvent with what it says in `data`. */
export type EventOf<Type extends EventType> = Events[Type]
/** Any event. Compare `type` to know its `data`. */
export type DuelineEvent = EventOf<EventType>

/** An event with where it stands in the tenant's feed. */
export interface FeedEvent<Type extends EventType = EventType> {
  event: EventOf<Type>
  /**
   * Keep it when the event is dealt with, and go on `after` it next time: nothing is missed. What was read in one
   * page of the feed can come again, with the same `event.id`. Undefined when there is none yet.
   */
  cursor: string | undefined
}

/** Which of the events that the caller may read; all that is given must hold. */
export interface EventChoice<Type extends EventType = EventType> {
  /** Only events of these types. */
  types?: readonly Type[] | undefined
  /** About any of these tickets. */
  ticketId?: readonly string[] | undefined
  /** About tickets that this person (`me` or an id) has, had before the event, or is given by it; for staff. */
  assigneeId?: string | undefined
  /** The same of a team. */
  teamId?: string | undefined
  /** About tickets that nobody has, or that had no assignee before the event; for staff. */
  unassigned?: boolean | undefined
}

/** Which events to read. */
export interface FeedOptions<Type extends EventType = EventType> extends EventChoice<Type> {
  /** The cursor to go on after; `latest`: from now on. */
  after?: string | undefined
  signal?: AbortSignal | undefined
}

/** A choice as the API takes it. */
export function queryOf ({ types, ticketId, assigneeId, teamId, unassigned }: EventChoice) {
  return { types: types?.join(','), ticketId, assigneeId, teamId, unassigned }
}
