import { systemIds } from '@dueline/runtime'
import { deadLetterSamples, type Samples, type SampleWorld } from '@dueline/testkit'
import { breached, cast, ticketId, who } from '../events.ts'
import type { startNotification } from './harness.ts'

type World = SampleWorld<'notification'>
const url = 'https://example.com/hook'
/** A cursor that lies beyond every feed. */
const notYet = Buffer.from('{"position":1000000}').toString('base64url')
const reader = { as: 'agent' as const, person: who.agent }

/** How each operation of the service is called rightly. */
export function samples (service: Awaited<ReturnType<typeof startNotification>>): Samples<'notification'> {
  return { ...messages(service), ...webhooks(service), ...deadLetterSamples('Notification', service) }
}

type Service = Awaited<ReturnType<typeof startNotification>>

function messages ({ deliver, call, database }: Service) {
  /** The agent and the lead are written to. */
  async function written ({ tenant }: World): Promise<void> {
    const events = [...cast, breached()]
    await deliver(...events.map((event) => ({ ...event, id: systemIds.next(), tenantid: tenant })))
  }
  async function newest (world: World, list: string, as: object): Promise<{ messageId: string }> {
    await written(world)
    const { body } = await call('GET', list, undefined, { tenant: world.tenant, ...as })
    return { messageId: body.items[0].id }
  }
  const inbox = async (world: World) => await newest(world, '/inbox', { as: who.agent, roles: ['agent'] })
  const mail = async (world: World) => await newest(world, '/messages?channel=email', {})

  return {
    listInboxMessages: {
      async request (world) {
        await written(world)
        return { query: { unread: true }, ...reader }
      }
    },
    readInboxMessage: { request: async (world) => ({ path: await inbox(world), ...reader }) },
    readAllInboxMessages: {
      async request (world) {
        await written(world)
        return reader
      }
    },
    listSentMessages: {
      async request (world) {
        await written(world)
        return { query: { ticketId, channel: 'email' } }
      }
    },
    resendMessage: {
      async request (world) {
        const path = await mail(world)
        await database.pool.query("update message set state = 'failed' where id = $1", [path.messageId])
        return { path }
      },
      answers: { message_not_parked: async (world) => ({ path: await mail(world) }) }
    },
    listEvents: {
      async request (world) {
        await written(world)
        return { query: { limit: 2 } }
      },
      answers: { event_cursor_expired: () => ({ query: { after: notYet } }) }
    },
    streamEvents: {
      request: () => ({}),
      endless: true,
      answers: {
        event_cursor_expired: () => ({ query: { after: notYet } }),
        stream_ticket_refused: () => ({ as: null, query: { ticket: 'of-no-use' } })
      }
    },
    createStreamTicket: {
      request: () => ({ body: { types: 'clock.*', unassigned: true } }),
      answers: { event_cursor_expired: () => ({ body: { after: notYet } }) }
    }
  } satisfies Partial<Samples<'notification'>>
}

function webhooks ({ database }: Service) {
  const endpointPath = async ({ make }: World) => ({ endpointId: (await make('createWebhookEndpoint')).id })
  return {
    createWebhookEndpoint: { request: ({ unique }) => ({ body: { url, description: unique('Hook') } }) },
    listWebhookEndpoints: {
      async request ({ make }) {
        await make('createWebhookEndpoint')
        return {}
      }
    },
    getWebhookEndpoint: { request: async (world) => ({ path: await endpointPath(world) }) },
    updateWebhookEndpoint: {
      request: async (world) => ({ path: await endpointPath(world), body: { description: world.unique('Changed') } })
    },
    deleteWebhookEndpoint: { request: async (world) => ({ path: await endpointPath(world) }) },
    rotateWebhookSecret: { request: async (world) => ({ path: await endpointPath(world) }) },
    testWebhookEndpoint: { request: async (world) => ({ path: await endpointPath(world) }) },
    enableWebhookEndpoint: { request: async (world) => ({ path: await endpointPath(world) }) },
    listWebhookDeliveries: {
      request: async ({ make }) => ({ query: { endpointId: (await make('testWebhookEndpoint')).endpointId } })
    },
    replayWebhookDelivery: {
      async request ({ make }) {
        const { id: deliveryId } = await make('testWebhookEndpoint')
        await database.pool.query("update webhook_delivery set state = 'delivered' where id = $1", [deliveryId])
        return { path: { deliveryId } }
      },
      answers: {
        delivery_pending: async ({ make }) => ({ path: { deliveryId: (await make('testWebhookEndpoint')).id } })
      }
    }
  } satisfies Partial<Samples<'notification'>>
}
