import { parseInstant } from '@dueline/business-time'
import type { Role } from '@dueline/contracts'
import type { TrustedIssuer } from '@dueline/http'
import { fakeClock, type TestContext } from '@dueline/testkit'
import { startDirectory, tenant } from './harness.ts'

export const other = 'globex'

/** Fixed people: their ids are their tokens' subjects. */
export const people = {
  customer: {
    id: '01900000-0000-7000-8000-000000000001',
    role: 'customer',
    name: 'Carla Customer',
    screenName: 'Carla',
    email: 'carla@example.org'
  },
  outsider: {
    id: '01900000-0000-7000-8000-000000000002',
    role: 'customer',
    name: 'Sam Stranger',
    screenName: 'Sam',
    email: null
  },
  agent: {
    id: '01900000-0000-7000-8000-000000000003',
    role: 'agent',
    name: 'Anna Agent',
    screenName: 'Support A',
    email: 'anna@acme.test'
  },
  second: {
    id: '01900000-0000-7000-8000-000000000004',
    role: 'agent',
    name: 'Ben Agent',
    screenName: 'Support B',
    email: null
  },
  manager: {
    id: '01900000-0000-7000-8000-000000000005',
    role: 'manager',
    name: 'Mia Manager',
    screenName: 'Lead',
    email: null
  },
  admin: {
    id: '01900000-0000-7000-8000-000000000006',
    role: 'admin',
    name: 'Ada Admin',
    screenName: 'Admin',
    email: null
  }
} as const satisfies Record<string, { id: string, role: Role, name: string, screenName: string, email: string | null }>

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
