import type { Principal } from '@dueline/http'

const personPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** An id that no person has. */
const nobody = '00000000-0000-0000-0000-000000000000'

/** Whose inbox the caller reads. A client of an issuer that is no person here, such as a machine, has an empty one. */
export function inboxOwner ({ personId }: Principal): string {
  return personPattern.test(personId) ? personId : nobody
}
