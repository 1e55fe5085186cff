import { eventTypes, type EventType } from '@dueline/contracts'

const prefix = 'dueline.'
const version = /\.v[1-9][0-9]*$/

/**
 * The event types that a text names: in full (`dueline.clock.breached.v1`), without `dueline.` and the version
 * (`clock.breached`), or all that begin with what stands before a `*` (`clock.*`). Empty when there is none.
 */
export function typesNamed (text: string): readonly EventType[] {
  const name = text.startsWith(prefix) ? text : `${prefix}${text}`
  if (name.endsWith('*')) return eventTypes.filter((type) => type.startsWith(name.slice(0, -1)))
  return eventTypes.filter((type) => type === name || type.replace(version, '') === name)
}

/** What `typesNamed` understands, for who named something else. */
export const knownTypeNames = eventTypes.map((type) => type.slice(prefix.length).replace(version, '')).join(', ')
