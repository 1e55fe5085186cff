import { createHash } from 'node:crypto'

const namespace = Buffer.from('6f1d2f0e8c1b5d0e9a4f3f6f0c7d2a11', 'hex')

/**
 * The id of a person who is added with an external id: a UUIDv5 of tenant and external id, so that whoever knows the
 * external one knows this id before hearing of the person, and imports running at the same time make the same person.
 */
export function idOfExternal (tenantId: string, externalId: string): string {
  const hash = createHash('sha1').update(namespace).update(`${tenantId}\n${externalId}`).digest().subarray(0, 16)
  hash[6] = (hash[6]! & 0x0f) | 0x50
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
