import { eventTypes, PlainText } from '@dueline/contracts'
import { baseErrors, problem, type Fault } from '@dueline/http'
import { Type } from 'typebox'
import { personalTypes } from '../domain/visibility.ts'
import type { OutgoingHttp } from '../delivery/outgoing-http.ts'

export const endpointFields = {
  url: Type.String({ format: 'uri', maxLength: 2_000, description: 'https address that accepts POST' }),
  types: Type.Array(Type.String({ maxLength: 100 }), {
    maxItems: 100,
    uniqueItems: true,
    description: 'Event types to deliver; empty = all'
  }),
  description: PlainText(500)
}

/** Ends the request when the address may not be called or a type does not exist. */
export function refuseBadEndpoint (
  { url, types }: { url?: string, types?: readonly string[] },
  outgoing: OutgoingHttp
): void {
  const faults: Fault[] = []
  const urlFault = url === undefined ? null : outgoing.faultOf(url)
  if (urlFault !== null) faults.push({ pointer: '/url', message: urlFault })
  const known: readonly string[] = eventTypes.filter((type) => !personalTypes.includes(type))
  types?.forEach((type, index) => {
    if (!known.includes(type)) {
      faults.push({
        pointer: `/types/${index}`,
        message: 'is no event type that webhooks deliver; they are listed in /asyncapi.json'
      })
    }
  })
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
}
