import { parseInstant } from '@dueline/business-time'
import type { Role } from '@dueline/contracts'
import type { TrustedIssuer } from '@dueline/http'
import { fakeClock, testPeople, type TestContext } from '@dueline/testkit'
import { startDirectory, tenant } from './harness.ts'

export const other = 'globex'

/** Fixed people: their ids are their tokens' subjects. */
export const people = testPeople

interface Call {
  as?: keyof typeof people | null
  roles?: readonly Role[]
  tenant?: string
  headers?: Record<string, string>
  payload?: any
}

/** The directory with these people, a clock that stands still, and a token for everybody. */
export async function startPeople (t: TestContext, { trusts = [] }: { trusts?: readonly TrustedIssuer[] } = {}) {
  const clock = fakeClock(parseInstant('2026-03-02T08:00:00Z'))
  const directory = await startDirectory(t, { clock, trusts })
  for (const each of Object.values(people)) await directory.person(each)

  async function call (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    { as = 'agent', roles, tenant: of = tenant, headers, payload }: Call = {}
  ) {
    const sender = as === null ? { roles: null } : { roles: roles ?? [people[as].role], person: people[as].id }
    return await directory.request(method, path, { tenant: of, ...sender, headers, body: payload })
  }

  return {
    ...directory,
    clock,
    call,
    get: (path: string, options?: Call) => call('GET', path, options),
    post: (path: string, payload: unknown, options: Call = {}) => call('POST', path, { ...options, payload }),
    patch: (path: string, payload: unknown, ifMatch: string | null, options: Call = {}) =>
      call('PATCH', path, {
        ...options,
        payload,
        headers: { ...(ifMatch === null ? {} : { 'if-match': ifMatch }), ...options.headers }
      }),
    /** Everything that waits in the outbox, oldest first, types without prefix and version. */
    outbox: async () =>
      (await directory.outbox()).map((event) => ({ ...event, type: event.type.replace(/^dueline\.|\.v1$/g, '') }))
  }
}
