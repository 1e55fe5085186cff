import type { TestContext } from '@dueline/testkit'
import { startDirectory, tenant } from './harness.ts'

/** The service with a token for its SCIM. */
export async function startScim (t: TestContext) {
  const directory = await startDirectory(t)
  const tokenOf = async (of = tenant): Promise<string> =>
    (await directory.call('POST', '/scim-tokens', { tenant: of, body: { name: 'Entra' } })).body.token
  const token = await tokenOf()

  /** A request to `/scim/v2` by the token, or by another one. */
  async function scim (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD',
    path: string,
    body?: unknown,
    { by = token, headers = {} }: { by?: string | null, headers?: Record<string, string> } = {}
  ) {
    const answer = await directory.http.inject({
      method,
      url: `/scim/v2${path}`,
      headers: {
        ...(by === null ? {} : { authorization: `Bearer ${by}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) })
    })
    return {
      status: answer.statusCode,
      type: String(answer.headers['content-type'] ?? ''),
      headers: answer.headers,
      etag: String(answer.headers.etag ?? ''),
      // what a test looks into is its own affair
      body: (answer.body === '' ? null : answer.json()) as any
    }
  }
  return { ...directory, scim, token, tokenOf }
}

/** A PATCH with these operations. */
export function patchOf (...operations: object[]): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
}
