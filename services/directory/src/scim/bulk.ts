import type { TenantDatabase } from '@dueline/postgres'
import { bulkOperationsMax, bulkResponseUrn, readBulk, resolved, type BulkOperation } from '../domain/scim/bulk.ts'
import { errorBody, refused, ScimError } from '../domain/scim/scim-error.ts'
import { base, type Kind } from './kind.ts'
import { createOne, deleteOne, kindAt, patchOne, replaceOne, type Answer, type Asked } from './operations.ts'

const shown = { attributes: [], excludedAttributes: [] }

const does = { PUT: replaceOne, PATCH: patchOne, DELETE: deleteOne } as const

function idOf (text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refused('invalidPath', `no such path: ${text.slice(0, 200)}`)
  }
}

async function done (
  database: TenantDatabase,
  kinds: readonly Kind[],
  { method, path, version, data }: BulkOperation,
  ids: ReadonlyMap<string, string>
): Promise<Answer> {
  const parts = /^(?:\/v2)?(\/[A-Za-z]+)(?:\/([^/?]+))?$/.exec(path) ?? refused('invalidPath', `no such path: ${path}`)
  const kind = kindAt(kinds, parts[1]!)
  const id = parts[2] === undefined ? undefined : resolved(idOf(parts[2]), ids) as string
  if ((id === undefined) !== (method === 'POST')) refused('invalidPath', `${method} is not for ${path}`)
  const asked: Asked = { body: resolved(data, ids), ifMatch: version, shown, ...(id === undefined ? {} : { id }) }
  return method === 'POST' ? await createOne(database, kind, asked) : await does[method](database, kind, asked)
}

/**
 * Does the operations of a bulk request one after the other, each in a transaction of its own, until `failOnErrors` of
 * them have failed. `errorOf` says as SCIM does what an operation failed with.
 */
export async function bulk (
  database: TenantDatabase,
  kinds: readonly Kind[],
  body: unknown,
  errorOf: (error: unknown) => ScimError
): Promise<object> {
  const { operations, failOnErrors } = readBulk(body)
  if (operations.length > bulkOperationsMax) {
    throw new ScimError(413, undefined, `a bulk request may have ${bulkOperationsMax} operations`)
  }
  const ids = new Map<string, string>()
  const results: object[] = []
  let failed = 0
  for (const operation of operations) {
    const { method, bulkId, path } = operation
    const said = { method, ...(bulkId === undefined ? {} : { bulkId }) }
    try {
      const { status, body, headers } = await done(database, kinds, operation, ids)
      const id = body?.['id']
      if (bulkId !== undefined && typeof id === 'string') ids.set(bulkId, id)
      const location = headers['location'] ?? headers['content-location'] ?? `${base}${path}`
      results.push({ ...said, location, version: headers['etag'], status: String(status) })
    } catch (error) {
      const answer = errorOf(error)
      const at = method === 'POST' ? {} : { location: `${base}${path}` }
      results.push({ ...said, ...at, status: String(answer.status), response: errorBody(answer) })
      if (++failed === failOnErrors) break
    }
  }
  return { schemas: [bulkResponseUrn], Operations: results }
}
