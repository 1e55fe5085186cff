import type { FileState, Refusal } from '@dueline/object-store'

/**
 * An uploaded file on its way to a version: reserved, its bytes are waited for; `checking` by the object store's life
 * of files; `converting`; then `done`, with a draft, or `refused`, or `expired` because nobody finished it.
 */
export const uploadStates = ['reserved', 'checking', 'converting', 'done', 'refused', 'expired'] as const
export type UploadState = typeof uploadStates[number]

/** Why a file has become no version. */
export interface UploadFault {
  readonly code: string
  readonly message: string
  /** Places in the file: `sheet survey, row 4, column B: …`, at most a hundred. */
  readonly details: readonly string[]
}

const refusals: Readonly<Record<Refusal, string>> = {
  missing: 'the bytes are not in the store any more: upload them again',
  size_differs: 'the file has another size than was said',
  sha256_differs: 'the file has another SHA-256 than was said',
  type_differs: 'the bytes are not of the media type that was said: what the file is called does not count',
  infected: 'the virus scanner has found something in it'
}

/** What becomes of an upload when its file has come to a state; undefined: nothing. */
export function uploadStateOf (
  { state, refusal }: { state: FileState, refusal: Refusal | null }
): { state: UploadState, fault: UploadFault | null } | undefined {
  if (state === 'uploaded') return { state: 'checking', fault: null }
  if (state === 'ready') return { state: 'converting', fault: null }
  if (state === 'expired') return { state: 'expired', fault: null }
  if (state !== 'refused') return undefined
  const code = refusal ?? 'missing'
  return { state: 'refused', fault: { code, message: refusals[code], details: [] } }
}
