import { PersonSnapshot, type Role } from '@dueline/contracts'
import { baseErrors, problem } from '@dueline/http'
import type { TenantDatabases } from '@dueline/postgres'
import { traceHeaders, type Logger } from '@dueline/runtime'
import { Value } from 'typebox/value'
import { findPerson, savePeople } from '../store/person-store.ts'

/** What is known of a person here. */
export interface KnownPerson {
  readonly role: Role
  readonly active: boolean
}

/** Looks people up: the copy first, then the owning service once, whose answer is remembered. */
export interface People {
  /**
   * Undefined when the tenant has no such person, or the caller may not see it.
   * @throws Problem 503 when the copy does not know and the ticket service does not answer
   */
  find(request: { tenantId: string, id: string, authorization: string | undefined }): Promise<KnownPerson | undefined>
}

/** `ticketUrl` undefined: the copies are all there is. `timeoutMs` bounds the wait for an answer. */
export function createPeople (
  { database, ticketUrl, timeoutMs, logger }: {
    database: TenantDatabases,
    ticketUrl: string | undefined,
    timeoutMs: number,
    logger: Logger
  }
): People {
  return {
    async find ({ tenantId, id, authorization }) {
      const known = await findPerson(database.forTenant(tenantId).read, tenantId, id)
      if (known !== undefined || ticketUrl === undefined || authorization === undefined) return known
      const person = await ask(`${ticketUrl.replace(/\/$/, '')}/v1/people/${id}`, authorization, timeoutMs, logger)
      if (person === undefined || person.id !== id) return undefined
      await database.forTenant(tenantId).tx(async (tx) =>
        await savePeople(tx, [{ tenantId, id, role: person.role, active: person.active, version: person.version }])
      )
      return person
    }
  }
}

type Answer = Pick<PersonSnapshot, 'id' | 'role' | 'active' | 'version'>

async function ask (
  url: string,
  authorization: string,
  timeoutMs: number,
  logger: Logger
): Promise<Answer | undefined> {
  let response: Response
  try {
    response = await fetch(url, {
      headers: { authorization, ...traceHeaders() },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs)
    })
  } catch (error) {
    return unavailable(error, logger)
  }
  if (response.status === 404 || response.status === 403) {
    await response.body?.cancel()
    return undefined
  }
  const person: unknown = await response.json().catch(() => undefined)
  if (response.ok && isAnswer(person)) return person
  return unavailable(new Error(`the ticket service answered ${response.status}`), logger)
}

function isAnswer (value: unknown): value is Answer {
  const { id, role, active, version } = (value ?? {}) as Partial<Answer>
  return Value.Check(PersonSnapshot.properties.id, id) && Value.Check(PersonSnapshot.properties.role, role) &&
    typeof active === 'boolean' && Number.isInteger(version)
}

function unavailable (cause: unknown, logger: Logger): never {
  logger.warn({ err: cause }, 'the ticket service could not be asked about a person')
  return problem(baseErrors.unavailable, {
    detail: 'whether the customer exists cannot be found out at the moment',
    headers: { 'retry-after': '2' },
    cause
  })
}
