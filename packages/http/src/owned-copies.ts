import type { Read, SaveNewest, TenantDatabases } from '@dueline/postgres'
import type { FreshCache } from '@dueline/runtime'
import { isLikeApiKey } from './api-key.ts'
import { UpstreamRefusal, type Upstream } from './upstream.ts'

/** In whose name an owner is asked. */
export interface Asker {
  readonly tenantId: string
  /** The `Authorization` header of the caller's request; without one nobody is asked. */
  readonly authorization: string | undefined
}

/** Things that another service owns: found in this service's copies, else asked of their owner. */
export interface OwnedCopies<Wanted, Known> {
  /**
   * Those of the wanted things that the tenant has, by id.
   * @throws Problem 503 when the owner has to be asked and does not answer
   */
  find(asker: Asker, wanted: readonly Wanted[]): Promise<Map<string, Known>>
}

export interface OwnedCopiesOptions<Wanted, Answer extends { id: string }, Known, Row extends Known> {
  readonly database: TenantDatabases
  /** Undefined: the copies are all there is. */
  readonly owner: Upstream | undefined
  /** Spares the copies a read for things found lately; without it each question reads them. */
  readonly memory?: FreshCache<Known>
  readonly read: (read: Read, tenantId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, Known>>
  readonly save: SaveNewest<Row>
  /** Where the owner has the thing. */
  readonly path: (wanted: Wanted) => string
  readonly isAnswer: (body: unknown) => body is Answer
  readonly rowOf: (answer: Answer, wanted: Wanted, tenantId: string) => Row
}

/** How many questions of one request are under way at once. */
const questionsMax = 10

/**
 * Copy, else ask the owner: a thing that was made a moment ago is there before its event has arrived. Simultaneous
 * callers with the same token share a question, and its answer is stored like an event's, so that it is asked once.
 */
export function ownedCopies<
  Wanted extends { readonly id: string },
  Answer extends { id: string },
  Known,
  Row extends Known
> (options: OwnedCopiesOptions<Wanted, Answer, Known, Row>): OwnedCopies<Wanted, Known> {
  const { database, owner, memory, read } = options
  const ask = questionsOf(options)

  return {
    async find ({ tenantId, authorization }, wanted) {
      const byId = new Map(wanted.map((one) => [one.id, one]))
      const { found, missing } = memory?.split(tenantId, byId.keys()) ??
        { found: new Map<string, Known>(), missing: [...byId.keys()] }
      if (missing.length === 0) return found
      const known = new Map(await read(database.forTenant(tenantId).read, tenantId, missing))
      const unknown = owner === undefined || authorization === undefined ? [] : missing.filter((id) => !known.has(id))
      for (let from = 0; from < unknown.length; from += questionsMax) {
        await Promise.all(
          unknown.slice(from, from + questionsMax).map(async (id) => {
            const row = await ask(owner!, byId.get(id)!, tenantId, authorization!)
            if (row !== undefined) known.set(id, row)
          })
        )
      }
      for (const [id, one] of known) {
        memory?.store(tenantId, id, one)
        found.set(id, one)
      }
      return found
    }
  }
}

/** Whether an API key is not allowed to read there: what has not arrived is not there for it. */
function isBeyondKey (error: unknown, authorization: string): boolean {
  return error instanceof UpstreamRefusal && error.status === 403 &&
    isLikeApiKey(authorization.replace(/^Bearer /i, ''))
}

/** Asks an owner for one thing and stores its answer; a question that is under way is not asked again. */
function questionsOf<Wanted extends { readonly id: string }, Answer extends { id: string }, Known, Row extends Known> (
  { database, save, path, isAnswer, rowOf }: OwnedCopiesOptions<Wanted, Answer, Known, Row>
): (owner: Upstream, wanted: Wanted, tenantId: string, authorization: string) => Promise<Row | undefined> {
  const underWay = new Map<string, Promise<Row | undefined>>()

  async function ask (owner: Upstream, wanted: Wanted, tenantId: string, authorization: string) {
    const isItsAnswer = (body: unknown): body is Answer => isAnswer(body) && body.id === wanted.id
    const answer = await owner.get(path(wanted), authorization, isItsAnswer).catch((error: unknown) => {
      if (isBeyondKey(error, authorization)) return undefined
      throw error
    })
    if (answer === undefined) return undefined
    const row = rowOf(answer, wanted, tenantId)
    await save(database.forTenant(tenantId).read, [row])
    return row
  }

  return async (owner, wanted, tenantId, authorization) => {
    // what somebody may see of it another may not
    const key = `${tenantId} ${path(wanted)} ${authorization}`
    let answer = underWay.get(key)
    if (answer === undefined) {
      answer = ask(owner, wanted, tenantId, authorization).finally(() => underWay.delete(key))
      underWay.set(key, answer)
    }
    return await answer
  }
}
