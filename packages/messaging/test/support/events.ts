import { notificationEvents, type NewEvent } from '@dueline/contracts'
import { testEvent } from '@dueline/testkit'
import { forAll } from '../../src/index.ts'

export const tenant = 'acme'
/** The topic of the events made here. */
export const topic = 'dueline.notification'
export const type = 'dueline.webhook-endpoint.disabled.v1'
export const otherType = 'dueline.message.sent.v1'

/** Handlers of the topic that do nothing. */
export const ignored = forAll(Object.keys(notificationEvents) as Array<keyof typeof notificationEvents>, 'ignored')

/** An event of `key` with sequence `sequence`, as a service adds it to its outbox. */
export function newEvent (key: string, sequence: number, change: Partial<NewEvent> = {}): NewEvent {
  const time = 1_767_225_600_000_000 + sequence
  const { id, subject, tenantid: tenantId, historical, data } = testEvent(type, {
    endpointId: '019b0000-0000-7000-8000-000000000001',
    url: 'https://example.org/',
    reason: `sequence ${sequence}`
  }, { subject: `endpoint/${key}`, tenantid: tenant, partitionkey: key, sequence, at: time })
  return { id, type, subject, time, tenantId, partitionKey: key, sequence, historical, data, ...change } as NewEvent
}
