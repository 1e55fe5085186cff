import { placesOf, type FileState } from './domain/file-states.ts'
import type { StoredFile } from './file-rows.ts'

/** The part of a store in which an object is: not yet checked, or checked. */
export type Place = 'quarantine' | 'files'

type FileId = Pick<StoredFile, 'tenantId' | 'id'>

/** The key of a file's object: `<prefix>/<place>/<tenant>/<id>`. */
export function keyIn (prefix: string, place: Place, { tenantId, id }: FileId): string {
  return `${prefix}/${place}/${tenantId}/${id}`
}

const keyText = /\/(quarantine|files)\/([a-z0-9][a-z0-9-]{0,62})\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/

/** The file that a key is of; undefined when it is none that `keyIn` makes. */
export function fileOfKey (prefix: string, key: string): FileId & { place: Place } | undefined {
  const [whole, place, tenantId, id] = keyText.exec(key) ?? []
  if (whole === undefined || tenantId === undefined || id === undefined) return undefined
  return key === `${prefix}${whole}` ? { place: place as Place, tenantId, id } : undefined
}

/** Whether a file of that state (undefined: there is none) has no use for an object in `place`. */
export function isOrphan (place: Place, state: FileState | undefined): boolean {
  return state === undefined || !placesOf(state).includes(place)
}
