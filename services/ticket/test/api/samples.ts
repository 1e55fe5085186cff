import type { Role, TicketStatus } from '@dueline/contracts'
import { deadLetterSamples, type Samples, type SampleWorld } from '@dueline/testkit'
import { systemIds } from '@dueline/runtime'
import { directoryCopyRow, saveDirectoryCopies } from '@dueline/service'
import { line, ndjson } from './import-support.ts'
import type { TestTicket } from './harness.ts'

type World = SampleWorld<'ticket'>
const dayMicros = 86_400_000_000
const body = 'It burns.'

/** How each operation of the service is called rightly. */
export function samples (service: TestTicket): Samples<'ticket'> {
  return {
    ...tickets(service),
    ...messages(service),
    ...assignment(service),
    ...customFields,
    ...profiles(service),
    ...imports,
    ...deadLetterSamples('Ticket', service)
  }
}

const ticketPath = async ({ make }: World) => ({ ticketId: (await make('createTicket')).id })

function tickets ({ person }: TestTicket) {
  const customer = async ({ tenant: tenantId }: World) => await person({ tenantId, role: 'customer' })
  return {
    createTicket: {
      request: async (world) => ({
        body: { subject: 'Printer on fire', customerId: await customer(world), externalId: world.unique('case') }
      }),
      answers: {
        async ticket_exists ({ make }) {
          const { customerId, externalId } = await make('createTicket')
          return { body: { subject: 'Printer on fire', customerId, externalId } }
        }
      }
    },
    listTickets: {
      async request ({ make }) {
        const { customerId } = await make('createTicket')
        return {
          query: {
            customerId: [customerId],
            status: ['new'],
            q: 'printer',
            sort: 'dueAt',
            expand: ['customer', 'clocks']
          }
        }
      }
    },
    countTickets: {
      async request ({ make }) {
        const { customerId } = await make('createTicket')
        return { query: { customerId: [customerId], by: ['status', 'assigneeId', 'breached'] } }
      }
    },
    createTickets: {
      request: async (world) => ({
        body: {
          tickets: [{ subject: 'Printer on fire', customerId: await customer(world) }, { subject: 'Nobody asks' }]
        }
      })
    },
    getTicket: { request: async (world) => ({ path: await ticketPath(world) }) },
    updateTicket: { request: async (world) => ({ path: await ticketPath(world), body: { priority: 'P1' } }) },
    updateTickets: {
      request: async (world) => ({
        body: { items: [{ ...await ticketPath(world), priority: 'P1', teamId: null, status: 'open' }] }
      })
    },
    transitionTicket: {
      request: async (world) => ({ path: await ticketPath(world), body: { to: 'open' } }),
      answers: {
        ticket_transition_refused: async (world) => ({ path: await ticketPath(world), body: { to: 'closed' } })
      }
    },
    assignTicket: {
      request: async (world) => ({
        path: await ticketPath(world),
        body: { assigneeId: await person({ tenantId: world.tenant }) }
      })
    },
    listTimelineEntries: { request: async (world) => ({ path: await ticketPath(world) }) }
  } satisfies Partial<Samples<'ticket'>>
}

function messages ({ clock }: TestTicket) {
  /** The customer writes to a ticket that has gone through these states, so long after that. */
  async function byCustomer ({ make }: World, states: readonly TicketStatus[], laterMicros: number) {
    const { id: ticketId, customerId } = await make('createTicket')
    for (const to of states) await make('transitionTicket', { to }, { ticketId })
    clock.advance(laterMicros)
    return { path: { ticketId }, body: { body }, as: 'customer' as const, person: customerId }
  }
  return {
    createMessage: {
      request: async (world) => ({ path: await ticketPath(world), body: { body, externalId: world.unique('mail') } }),
      answers: {
        async 200 ({ make }) {
          const { ticketId, externalId } = await make('createMessage')
          return { path: { ticketId }, body: { body, externalId: String(externalId) } }
        },
        async message_exists ({ make }) {
          const { ticketId, externalId } = await make('createMessage')
          return { path: { ticketId }, body: { body: 'It burns no more.', externalId: String(externalId) } }
        },
        ticket_cancelled: async (world) => await byCustomer(world, ['cancelled'], 0),
        reopen_window_over: async (world) => await byCustomer(world, ['resolved', 'closed'], 400 * dayMicros)
      }
    },
    listTicketMessages: {
      request: async ({ make }) => ({ path: { ticketId: (await make('createMessage')).ticketId } })
    }
  } satisfies Partial<Samples<'ticket'>>
}

const rule = { rank: 10, pool: { kind: 'responsibility' as const } }
const rulePath = async ({ make }: World) => ({ ruleId: (await make('createAssignmentRule')).id })

/** A team of the tenant, as its event would have made it. */
async function teamIn ({ database }: TestTicket, { tenant: tenantId }: World) {
  const id = systemIds.next()
  const none = { leadId: null, memberIds: [], calendarId: null, productIds: [], moduleIds: [] }
  const team = { ...none, id, name: 'Desk', active: true, version: 1 }
  await saveDirectoryCopies(database.read, [directoryCopyRow(tenantId, 'team', team)])
  return { teamId: id }
}

function assignment (service: TestTicket) {
  // the same person asks in each request of a tenant
  const takers = new Map<string, string>()
  return {
    createAssignmentRule: { request: ({ unique }) => ({ body: { ...rule, name: unique('rule') } }) },
    listAssignmentRules: {
      async request ({ make }) {
        await make('createAssignmentRule')
        return {}
      }
    },
    getAssignmentRule: { request: async (world) => ({ path: await rulePath(world) }) },
    updateAssignmentRule: { request: async (world) => ({ path: await rulePath(world), body: { active: false } }) },
    deleteAssignmentRule: { request: async (world) => ({ path: await rulePath(world) }) },
    getAssignmentSettings: { request: () => ({}) },
    updateAssignmentSettings: { request: () => ({ body: { whenAbsent: 'return' as const } }) },
    simulateAssignment: { request: async (world) => ({ body: { ...await ticketPath(world), rules: [] } }) },
    explainAssignment: { request: async (world) => ({ path: await ticketPath(world) }) },
    listTeamQueue: { request: async (world) => ({ path: await teamIn(service, world) }) },
    claimNextTicket: {
      async request (world) {
        const person = takers.get(world.tenant) ?? await service.person({ tenantId: world.tenant })
        takers.set(world.tenant, person)
        return { path: await teamIn(service, world), as: 'agent', person }
      }
    }
  } satisfies Partial<Samples<'ticket'>>
}

const customFieldPath = async ({ make }: World) => ({ customFieldId: (await make('createCustomField')).id })
const customField = (name: string) => ({ name, valueSchema: { type: 'boolean' as const }, customers: 'see' as const })

const customFields = {
  createCustomField: {
    request: ({ unique }) => ({ body: customField(unique('field').replace(' ', '')) }),
    answers: {
      custom_field_exists: async ({ make }) => ({ body: customField((await make('createCustomField')).name) })
    }
  },
  listCustomFields: {
    async request ({ make }) {
      await make('createCustomField')
      return {}
    }
  },
  getCustomField: { request: async (world) => ({ path: await customFieldPath(world) }) },
  updateCustomField: {
    request: async (world) => ({ path: await customFieldPath(world), body: { customers: 'write' } })
  },
  deleteCustomField: { request: async (world) => ({ path: await customFieldPath(world) }) }
} satisfies Partial<Samples<'ticket'>>

const importPath = async ({ make }: World) => ({ importId: (await make('importTickets')).importId })

const imports = {
  importTickets: { request: ({ unique }) => ({ body: ndjson(line(unique('case')), 'no line') }) },
  getTicketImport: { request: async (world) => ({ path: await importPath(world) }) },
  listTicketImportLines: { request: async (world) => ({ path: await importPath(world) }) }
} satisfies Partial<Samples<'ticket'>>

function profiles ({ person }: TestTicket) {
  const of = (role: Role) => async ({ tenant: tenantId }: World) => ({
    path: { personId: await person({ tenantId, role }) }
  })
  return {
    getPersonProfile: { request: of('agent') },
    getTeamOverview: { request: of('manager') },
    getOrganizationOverview: { request: of('ceo') }
  } satisfies Partial<Samples<'ticket'>>
}
