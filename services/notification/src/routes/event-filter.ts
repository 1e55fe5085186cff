import { eventTypes } from '@dueline/contracts'
import { baseErrors, decodeCursor, encodeCursor, problem, type Fault } from '@dueline/http'
import { Type } from 'typebox'

const Position = Type.Object({ position: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) })

/**
 * Where a reader stands, as text that means nothing to it: `after` of the feed, `id:` and `Last-Event-ID` of the
 * stream.
 */
export function cursorOf (position: number): string {
  return encodeCursor({ position })
}

/** @throws Problem 400 that names where the cursor stood */
export function positionOf (cursor: string, where: Pick<Fault, 'in' | 'pointer'>): number {
  return decodeCursor(cursor, Position, where).position
}

export const typesQuery = Type.Optional(
  Type.String({ maxLength: 2_000, description: 'Event types, separated by commas; all when absent' })
)

/** The types of a `types` query. Ends the request when one does not exist. */
export function typesOf (text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined
  const types = text.split(',')
  const known: readonly string[] = eventTypes
  const unknown = types.filter((type) => !known.includes(type))
  if (unknown.length > 0) {
    problem(baseErrors.validation_failed, {
      faults: [{
        in: 'query',
        pointer: '/types',
        message: `names ${unknown.join(', ')}, which are no event types; they are listed in /asyncapi.json`
      }]
    })
  }
  return types
}
