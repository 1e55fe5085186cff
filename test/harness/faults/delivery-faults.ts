import type { TenantRecord } from '../tenant-record.ts'
import { name, repeated } from './record.ts'

/** Every endpoint gets every event it asked for once; events from before it was made are none of its business. */
export function deliveryFaults ({ deliveries, endpoints, events, tickets }: TenantRecord): string[] {
  const createdAt = new Map(tickets.map((ticket) => [`ticket/${ticket.id}`, ticket.createdAt]))
  const delivered = new Set(deliveries.map(({ endpointId, eventId }) => `${endpointId} ${eventId}`))
  return [
    ...repeated(deliveries, ({ endpointId, eventId }) => `event ${eventId}, endpoint ${endpointId}`).map((key) =>
      `two webhook deliveries of ${key}`
    ),
    ...deliveries.filter(({ state }) => state !== 'delivered').map(({ eventId, eventType, state, lastError }) =>
      `the webhook of ${eventType} ${eventId} is ${state}: ${lastError}`
    ),
    ...endpoints.filter(({ state, types }) => state === 'enabled' && types.length === 0).flatMap((endpoint) =>
      events
        .filter(({ id, subject }) =>
          (createdAt.get(subject) ?? '') > endpoint.createdAt && !delivered.has(`${endpoint.id} ${id}`)
        )
        .map((event) => `${name(event)} has no webhook delivery`)
    )
  ]
}
