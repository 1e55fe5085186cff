import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { baseErrors, problem } from './errors.ts'

/**
 * The strong entity tag of a version: `"7"`. `beside`: what else is shown and changes without it; unless that is null,
 * the tag says it too, `"7.k3v0x2ab"`, and names the version all the same to whoever sends it in `If-Match`.
 */
export function etagOf (version: number | string, beside: unknown = null): string {
  if (beside === null) return `"${version}"`
  return `"${version}.${createHash('sha256').update(JSON.stringify(beside)).digest('base64url').slice(0, 12)}"`
}

function tagsIn (header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
}

/** Whether a header is `*` or a list of entity tags (RFC 9110, 8.8.3), which stand in quotes. */
function isMatchHeader (header: string): boolean {
  return header.trim() === '*' || tagsIn(header).every((tag) => /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag))
}

/**
 * Refuses a change to something that the caller has not seen in its present version. Compare inside the
 * transaction, with the row locked. A tag that a proxy has made weak counts; `*` means any version.
 * @throws {Problem} 428 without `If-Match`, 400 when it is no list of tags, 412 when it names another version
 */
export function requireIfMatch (request: FastifyRequest, version: number | string): void {
  const header = request.headers['if-match']
  if (header === undefined) {
    problem(baseErrors.precondition_required, {
      faults: [{ in: 'header', pointer: '/if-match', message: 'is required; send the ETag of what you have read' }]
    })
  }
  if (!isMatchHeader(header)) {
    problem(baseErrors.validation_failed, {
      detail: 'If-Match is not an ETag',
      faults: [{ in: 'header', pointer: '/if-match', message: 'must be an ETag as it was sent, in quotes: "7"' }]
    })
  }
  const versions = tagsIn(header).map((tag) => tag.replace(/\.[\w-]+"$/, '"'))
  if (header.trim() === '*' || versions.includes(etagOf(version))) return
  problem(baseErrors.precondition_failed, { headers: { etag: etagOf(version) } })
}

/**
 * As `requireIfMatch`, for what may be changed or deleted unseen: without `If-Match` any version will do.
 * @throws {Problem} 400 when it is no list of tags, 412 when it names another version
 */
export function requireIfMatchWhereSent (request: FastifyRequest, version: number | string): void {
  if (request.headers['if-match'] !== undefined) requireIfMatch(request, version)
}

/** Whether the caller's copy, by `If-None-Match`, is the one with this tag. */
export function isUnchanged (request: FastifyRequest, etag: string): boolean {
  const header = request.headers['if-none-match']
  return header !== undefined && (header.trim() === '*' || tagsIn(header).includes(etag.replace(/^W\//, '')))
}
