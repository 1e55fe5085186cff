import { PersonSnapshot, type Role } from '@dueline/contracts'
import { baseErrors, problem } from '@dueline/http'
import type { TenantDatabases } from '@dueline/postgres'
import { traceHeaders, type Logger } from '@dueline/runtime'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { findPeople, savePeople } from '../store/people-store.ts'

/** Looks people up: in the copy first, then once at the ticket service, in the caller's name. */
export interface PersonFinder {
  /**
   * The roles of those people that the tenant has.
   * @throws Problem 503 when the ticket service had to be asked and did not answer
   */
  rolesOf(tenantId: string, ids: readonly string[], authorization: string): Promise<Map<string, Role>>
}

const answer = Compile(Type.Pick(PersonSnapshot, ['id', 'role', 'screenName', 'managerId', 'active', 'version']))

/** `ticketUrl` undefined: nobody is asked, the copy alone counts. */
export function createPersonFinder (
  { database, logger, ticketUrl, timeoutMs }: {
    database: TenantDatabases,
    logger: Logger,
    ticketUrl: string | undefined,
    timeoutMs: number
  }
): PersonFinder {
  async function ask (id: string, authorization: string): Promise<unknown> {
    let response: Response
    try {
      response = await fetch(new URL(`/v1/people/${id}`, ticketUrl), {
        headers: { authorization, accept: 'application/json', ...traceHeaders() },
        signal: AbortSignal.timeout(timeoutMs)
      })
    } catch (error) {
      logger.warn({ err: error, personId: id }, 'the ticket service did not answer')
      return problem(baseErrors.unavailable, {
        detail: 'a person could not be looked up at the moment',
        headers: { 'retry-after': '2' }
      })
    }
    if (response.ok) return await response.json()
    await response.body?.cancel()
    if (response.status >= 500 || response.status === 429) {
      problem(baseErrors.unavailable, {
        detail: 'a person could not be looked up at the moment',
        headers: { 'retry-after': '2' }
      })
    }
    return undefined
  }

  return {
    async rolesOf (tenantId, ids, authorization) {
      const found = await findPeople(database.forTenant(tenantId).read, tenantId, ids)
      const roles = new Map([...found].map(([id, { role }]) => [id, role]))
      const missing = ticketUrl === undefined ? [] : [...new Set(ids)].filter((id) => !roles.has(id))
      const answers = (await Promise.all(missing.map(async (id) => await ask(id, authorization)))).filter((each) =>
        answer.Check(each)
      )
      await savePeople(database.forTenant(tenantId).read, answers.map((person) => ({ tenantId, person })))
      for (const { id, role } of answers) roles.set(id, role)
      return roles
    }
  }
}
