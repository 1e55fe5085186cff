import { NamedText, Uuid, uuidText } from '@dueline/contracts'
import { baseErrors, decodeCursor, personIdOf, problem, type Fault, type Principal } from '@dueline/http'
import type { Read } from '@dueline/postgres'
import { Type, type Static } from 'typebox'
import { readerOf } from '../access.ts'
import type { EventFilter, Reader } from '../domain/event-scope.ts'
import { knownTypeNames, typesNamed } from '../domain/event-type-choice.ts'
import { errors } from '../errors.ts'
import { feedBounds } from '../store/feed-store.ts'

const Position = Type.Object({ position: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) })

export const After = Type.String({
  maxLength: 200,
  description: 'a cursor of the feed or the stream: what follows it is sent; `latest`: what happens from now on'
})

/** A place in a tenant's feed: after which position, and where the feed ends. */
interface Place {
  readonly after: number
  readonly feedEnd: number
}

/**
 * The place in the tenant's feed that a cursor names.
 * @throws Problem 400 that names where the cursor stood, 410 when the feed no longer holds what follows it
 */
export async function placeAfter (
  cursor: string,
  { read, tenantId }: { read: Read, tenantId: string },
  where: Pick<Fault, 'in' | 'pointer'>
): Promise<Place> {
  const position = cursor === 'latest' ? undefined : decodeCursor(cursor, Position, where).position
  const { start, end } = await feedBounds(read, tenantId)
  if (position === undefined) return { after: end, feedEnd: end }
  if (position > end) {
    problem(errors.event_cursor_expired, { detail: 'the cursor lies after the end of the feed, which was set back' })
  }
  if (position < start) {
    problem(errors.event_cursor_expired, {
      detail: `${start - position} events after the cursor are no longer in the feed`
    })
  }
  return { after: position, feedEnd: end }
}

const typesDescription = 'Event types, separated by commas: `clock.breached`, `dueline.clock.breached.v1`, or `clock.*`'

/** What chooses among the events that a caller may read. */
export const filterFields = {
  types: Type.Optional(Type.String({ maxLength: 2_000, description: `${typesDescription}; all when absent` })),
  ticketId: Type.Optional(
    Type.Array(Uuid, { minItems: 1, maxItems: 50, description: 'Events of any of these tickets; repeat the parameter' })
  ),
  assigneeId: Type.Optional(Type.String({
    pattern: `^(me|${uuidText})$`,
    description: 'a lower-case UUID, or `me`: events of tickets that this person has, had before, or is given'
  })),
  teamId: Type.Optional(NamedText(200, 'the id of a team: events of tickets that it has, had before, or is given')),
  unassigned: Type.Optional(Type.Boolean({
    description: 'true: events of tickets that nobody has, or that had no assignee before; false is refused'
  }))
}
export const FilterFields = Type.Object(filterFields)
export type FilterFields = Static<typeof FilterFields>

const staffFilters = ['assigneeId', 'teamId', 'unassigned'] as const

/** What the caller reads, and what of it was asked for. */
export interface Reading {
  readonly reader: Reader
  readonly filter: EventFilter
}

/**
 * What a caller reads. `part`: where the filters stood.
 * @throws Problem 400 for types that do not exist, filters that exclude each other, and those of staff from others
 */
export function readingOf (principal: Principal, fields: FilterFields, part: 'query' | 'body'): Reading {
  const reader = readerOf(principal)
  const { ticketId, assigneeId, teamId, unassigned } = fields
  if (assigneeId === 'me') personIdOf(principal)
  const faults: Fault[] = []
  const types = typesOf(fields.types, part, faults)
  const isStaff = reader.sees === 'everything' || reader.sees === 'tickets'
  for (const field of staffFilters) {
    if (!isStaff && fields[field] !== undefined) {
      faults.push({ in: part, pointer: `/${field}`, message: 'is for staff' })
    }
  }
  if (assigneeId !== undefined && unassigned === true) {
    const message = 'and assigneeId exclude each other: send one of them'
    faults.push({ in: part, pointer: '/unassigned', message })
  }
  if (isStaff && unassigned === false) {
    faults.push({ in: part, pointer: '/unassigned', message: 'must be true or absent' })
  }
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
  const assignee = unassigned === true ? '' : assigneeId === 'me' ? reader.personId : assigneeId
  return { reader, filter: { types, ticketIds: ticketId, assignee, team: teamId } }
}

function typesOf (text: string | undefined, part: 'query' | 'body', faults: Fault[]): readonly string[] | undefined {
  if (text === undefined) return undefined
  const named = text.split(',').map((each) => ({ each: each.trim(), types: typesNamed(each.trim()) }))
  const unknown = named.filter(({ types }) => types.length === 0).map(({ each }) =>
    each === '' ? 'an empty name' : each
  )
  if (unknown.length > 0) {
    const message = `names ${unknown.join(', ')}; known are, in full, in short or up to a *: ${knownTypeNames}`
    faults.push({ in: part, pointer: '/types', message })
  }
  return [...new Set(named.flatMap(({ types }) => types))]
}
