import { notificationEvents, type NewEvent } from '@dueline/contracts'
import { systemIds } from '@dueline/runtime'
import { forAll } from '../../src/index.ts'

export const tenant = 'acme'
/** The topic of the events made here. */
export const topic = 'dueline.notification'
export const type = 'dueline.webhook-endpoint.disabled.v1'
export const otherType = 'dueline.message.sent.v1'

/** Handlers of the topic that do nothing. */
export const ignored = forAll(Object.keys(notificationEvents) as Array<keyof typeof notificationEvents>, 'ignored')

/** A valid event of `key` with sequence `sequence`. */
export function newEvent (key: string, sequence: number, change: Partial<NewEvent> = {}): NewEvent {
  return {
    id: systemIds.next(),
    type,
    subject: `endpoint/${key}`,
    time: 1_767_225_600_000_000 + sequence,
    tenantId: tenant,
    partitionKey: key,
    sequence,
    historical: false,
    data: {
      endpointId: '019b0000-0000-7000-8000-000000000001',
      url: 'https://example.org/',
      reason: `sequence ${sequence}`
    },
    ...change
  } as NewEvent
}
