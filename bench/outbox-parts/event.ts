import { systemClock, systemIds } from '../../packages/runtime/src/index.ts'
import type { NewEvent } from '../../packages/messaging/src/index.ts'

export const benchTopic = 'dueline.notification'
export const benchType = 'dueline.webhook-endpoint.disabled.v1'

/** An event of some 700 bytes with its headers; `time` is when it was made, which is just before its commit. */
export function benchEvent (key: string, sequence: number): NewEvent<typeof benchType> {
  return {
    id: systemIds.next(),
    type: benchType,
    subject: `aggregate/${key}`,
    time: systemClock.now(),
    tenantId: 'bench',
    partitionKey: key,
    sequence,
    historical: false,
    data: {
      endpointId: '019b0000-0000-7000-8000-000000000001',
      url: 'https://example.org/hook',
      reason: 'x'.repeat(200)
    }
  }
}
