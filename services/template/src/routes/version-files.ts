import { buffer } from 'node:stream/consumers'
import { baseErrors, problem } from '@dueline/http'
import { refuse } from '@dueline/object-store'
import type { TenantDatabase } from '@dueline/postgres'
import { Type } from 'typebox'
import type { Converter, WritingTask } from '../conversion/converter.ts'
import { errors } from '../errors.ts'
import type { TemplateVersion } from '../store/version-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** What an answer's body is where it is no JSON of ours. */
export const Bytes = Type.Unsafe<Buffer>({ type: 'string', format: 'binary' })

/** A header of an answer, as the document says it. */
export const fileHeader = (description: string) => ({ type: 'string', description })

/** `Content-Disposition` under which a file is saved. */
export const dispositionHeader = { 'Content-Disposition': fileHeader('The name to save it under (RFC 6266)') }

/** @throws Problem 409 for a version with faults, of which nothing can be written */
export function assertWhole ({ faults }: TemplateVersion): void {
  if (faults.length > 0) problem(errors.version_unfinished, { faults: [...faults] })
}

/** The PDF that a version was read from. @throws Problem 404 when it comes from none, 503 without the object store */
export async function sourcePdf (
  files: RouteDeps['files'],
  database: TenantDatabase,
  { source }: TemplateVersion
): Promise<Uint8Array> {
  const { kind, uploadId } = source
  if (kind !== 'pdf' || uploadId === null) {
    return problem(baseErrors.not_found, { detail: 'the version does not come from a PDF' })
  }
  const { body } = await files.open(await files.read(database, uploadId)).catch(refuse)
  return new Uint8Array(await buffer(body))
}

/**
 * Writes in a thread. @throws Problem 404 with the reason where there is nothing to be written, 503 when it takes more
 * time or memory than it may
 */
export async function writtenBy (converter: Converter, task: WritingTask): Promise<Buffer> {
  const result = await converter.run(task)
  if ('refused' in result) {
    const { code, message: detail } = result.refused
    const isCostly = code === 'too_slow' || code === 'too_large'
    return isCostly
      ? problem(baseErrors.unavailable, { detail, headers: { 'retry-after': '60' } })
      : problem(baseErrors.not_found, { detail })
  }
  const { buffer: memory, byteOffset, byteLength } = result.bytes
  return Buffer.from(memory as ArrayBuffer, byteOffset, byteLength)
}
