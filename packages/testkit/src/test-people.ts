import type { Role } from '@dueline/contracts'

/** People of a tenant; their ids are their tokens' subjects. */
export const testPeople = {
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
