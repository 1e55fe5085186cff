import type { FastifyRequest } from 'fastify'
import { baseErrors, problem } from './errors.ts'

/** The strong entity tag of a version: `"7"`. */
export function etagOf (version: number | string): string {
  return `"${version}"`
}

function tagsIn (header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
}

/**
 * Refuses a change to something that the caller has not seen in its present version. Compare inside the
 * transaction, with the row locked. A tag that a proxy has made weak counts; `*` means any version.
 * @throws {Problem} 428 without `If-Match`, 412 when it names another version
 */
export function requireIfMatch (request: FastifyRequest, version: number | string): void {
  const header = request.headers['if-match']
  if (header === undefined) {
    problem(baseErrors.precondition_required, {
      faults: [{ in: 'header', pointer: '/if-match', message: 'is required; send the ETag of what you have read' }]
    })
  }
  if (header.trim() === '*' || tagsIn(header).includes(etagOf(version))) return
  problem(baseErrors.precondition_failed, { headers: { etag: etagOf(version) } })
}

/** Whether the caller's copy, by `If-None-Match`, is the one with this tag. */
export function isUnchanged (request: FastifyRequest, etag: string): boolean {
  const header = request.headers['if-none-match']
  return header !== undefined && (header.trim() === '*' || tagsIn(header).includes(etag.replace(/^W\//, '')))
}
