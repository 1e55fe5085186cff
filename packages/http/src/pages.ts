import { jsonFaults, nullable } from '@dueline/contracts'
import { Type, type Static, type TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { baseErrors, Problem, type Fault } from './errors.ts'

/** What every list takes: spread `PageQuery.properties` beside the filters. */
export const PageQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 20, description: 'Most items of the page' }),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2048, description: '`nextCursor` of the page before' }))
})

/** The wire form of a page. `nextCursor` is null on the last one. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** The response schema of a page of `item`: a `TicketPage` where that is called `Ticket`. */
export function pageOf<T extends TSchema> (item: T) {
  const { title } = item as { title?: string }
  return Type.Object({
    items: Type.Array(item),
    nextCursor: nullable(Type.String({ description: 'Send as `cursor` to get the next page; null on the last one' }))
  }, title === undefined ? {} : { title: `${title}Page`, description: `A page of a list: ${title}` })
}

/** A position in a list, as text that means nothing to callers. Keys and sort values only: it is not secret. */
export function encodeCursor (position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

const compiled = new WeakMap<TSchema, Validator>()

function badCursor (where: Pick<Fault, 'in' | 'pointer'>): Problem {
  return new Problem(baseErrors.validation_failed, {
    detail: 'the cursor is not one of this list',
    faults: [{ ...where, message: 'must be the nextCursor of a page of this list' }]
  })
}

/**
 * The position in a cursor, checked against `schema`; cursors come from outside and may be anything.
 * @param where it stands in the request, for the fault
 * @throws {Problem} 400 validation_failed
 */
export function decodeCursor<T extends TSchema> (
  cursor: string,
  schema: T,
  where: Pick<Fault, 'in' | 'pointer'> = { in: 'query', pointer: '/cursor' }
): Static<T> {
  let position: unknown
  try {
    position = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw badCursor(where)
  }
  let validator = compiled.get(schema)
  if (validator === undefined) compiled.set(schema, validator = Compile(schema) as unknown as Validator)
  if (jsonFaults(position).length > 0 || !validator.Check(position)) throw badCursor(where)
  return position as Static<T>
}

/** A page from up to `limit + 1` rows: the one too many shows that there is more. `keyOf` gives a row's position. */
export function toPage<T> (rows: readonly T[], limit: number, keyOf: (row: T) => unknown): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null }
}
