/** What was found in the bytes of a file. */
export interface Findings {
  readonly sizeBytes: number
  readonly sha256: string
  /** Media type by the bytes; undefined when they are of no known kind, as texts are. */
  readonly foundType: string | undefined
  /** Whether all bytes could be those of a text. */
  readonly isText: boolean
  /** What the virus scanner found; undefined: nothing, or there is none. */
  readonly infection: string | undefined
}

/** Why a file was refused. */
export const refusals = ['missing', 'size_differs', 'sha256_differs', 'type_differs', 'infected'] as const
export type Refusal = typeof refusals[number]

const zipped = /^application\/vnd\.(openxmlformats-officedocument|oasis\.opendocument)\./
const texts = new Set(['text/csv', 'text/plain', 'application/json'])

/** Whether bytes of which `found` is known may be said to be `said`; parameters such as a charset do not count. */
export function isOfType (said: string, { foundType, isText }: Pick<Findings, 'foundType' | 'isText'>): boolean {
  const type = (said.split(';', 1)[0] ?? '').trim().toLowerCase()
  if (texts.has(type)) return foundType === undefined && isText
  // an office file is an archive: where its parts stand in an unusual order, more than that is not told
  return foundType === type || (zipped.test(type) && foundType === 'application/zip')
}

/** Why a file must be refused; undefined: it may be used. What is worse comes first. */
export function verdict (
  said: { contentType: string, sizeBytes: number, sha256: string },
  found: Findings
): Refusal | undefined {
  if (found.infection !== undefined) return 'infected'
  if (found.sizeBytes !== said.sizeBytes) return 'size_differs'
  if (found.sha256 !== said.sha256) return 'sha256_differs'
  return isOfType(said.contentType, found) ? undefined : 'type_differs'
}
