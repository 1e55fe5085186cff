import { createClient, isProblem, type Client } from '@dueline/client'
import type { Role } from '@dueline/contracts'

export const demoTenant = 'demo'

/** The people of the demonstration. Fixed ids, so that tokens printed once fit the people made on any start. */
export const cast = {
  customer: {
    id: '01990000-0000-7000-8000-00000000000c',
    role: 'customer',
    name: 'Customer',
    screenName: 'Customer',
    email: 'customer@demo.example',
    language: 'en'
  },
  agent: {
    id: '01990000-0000-7000-8000-00000000000a',
    role: 'agent',
    name: 'Agent',
    screenName: 'Desk 1',
    email: 'agent@demo.example',
    language: 'en'
  },
  manager: {
    id: '01990000-0000-7000-8000-00000000000b',
    role: 'manager',
    name: 'Manager',
    screenName: 'Lead',
    email: 'manager@demo.example',
    language: 'ar'
  },
  ceo: {
    id: '01990000-0000-7000-8000-00000000000e',
    role: 'ceo',
    name: 'Chief',
    screenName: 'Chief',
    email: 'ceo@demo.example',
    language: 'en'
  },
  sales: {
    id: '01990000-0000-7000-8000-000000000005',
    role: 'sales',
    name: 'Sales',
    screenName: 'Agreements',
    email: 'sales@demo.example',
    language: 'en'
  },
  admin: {
    id: '01990000-0000-7000-8000-000000000001',
    role: 'admin',
    name: 'Administrator',
    screenName: 'Administrator',
    email: 'admin@demo.example',
    language: 'en'
  }
} as const

/** Roles of programs and machines, which are no people of the tenant. */
const programs = {
  integrator: '01990000-0000-7000-8000-000000000007',
  operator: '01990000-0000-7000-8000-000000000009'
} as const

/** Whose token is enough for the whole demonstration. */
export const demoAdmin: { tenant: string, personId: string, roles: Role[] } = {
  tenant: demoTenant,
  personId: cast.admin.id,
  roles: ['admin']
}

export type DemoRole = keyof typeof cast | keyof typeof programs
export const demoRoles: readonly DemoRole[] = [
  'customer',
  'agent',
  'manager',
  'ceo',
  'sales',
  'admin',
  'integrator',
  'operator'
]

/** A token per role, and a caller of the API per token. */
export interface DemoAccess {
  tokens: Record<DemoRole, string>
  as: Record<DemoRole, Client>
}

/** Makes a token for one person of a tenant. */
export type MakeToken = (claims: { tenant: string, personId: string, roles: Role[] }) => Promise<string>

/** The id of whoever has a role in the demonstration. */
export function personOf (role: DemoRole): string {
  return role in cast ? cast[role as keyof typeof cast].id : programs[role as keyof typeof programs]
}

export async function demoAccess (url: string, token: MakeToken): Promise<DemoAccess> {
  const made = demoRoles.map(async (
    role
  ) => [role, await token({ tenant: demoTenant, personId: personOf(role), roles: [role] })])
  const tokens = Object.fromEntries(await Promise.all(made)) as Record<DemoRole, string>
  // Nothing stands between, and a stack that stops is not waited for: every request is sent once.
  // It often stops right after: a connection that is kept for later would hold that up.
  const options = { url, triesMax: 1, headers: { connection: 'close' } }
  const clients = demoRoles.map((role) => [role, createClient({ ...options, token: tokens[role] })])
  return { tokens, as: Object.fromEntries(clients) as Record<DemoRole, Client> }
}

/** Whose token a client has; undefined for an API key, which is nobody's. */
export async function callerOf (client: Client): Promise<{ tenantId: string, roles: Role[] } | undefined> {
  return await client.get('/v1/me').then(({ data }) => data, (error: unknown) => {
    if (isProblem(error, 'person_needed')) return undefined
    throw error
  })
}

/** The same with one token for all: an admin may do everything that the demonstration does. */
export function adminAccess (url: string, token: string): DemoAccess {
  const client = createClient({ url, token })
  const forAll = <T>(value: T): Record<DemoRole, T> =>
    Object.fromEntries(demoRoles.map((role) => [role, value])) as Record<DemoRole, T>
  return { tokens: forAll(token), as: forAll(client) }
}
