import { Pool } from 'undici'
import { openBenchStack } from './bench-stack.ts'
import type { Options, Result } from './scenario.ts'

const lanes = 8
/** Users of one bulk request, which is answered when all are written: the gateway must not wait too long. */
const bulkUsers = 100

/**
 * Users that a directory writes through the gateway of the whole stack: one by one in a few lanes, as Entra ID and Okta
 * do, and as many others by bulk requests. The time ends with the last answer.
 */
export async function run ({ quick }: Options): Promise<Result> {
  const users = quick ? 500 : 10_000
  const own = await openBenchStack(['admin'])
  const pool = new Pool(own.stack.url, { connections: lanes })
  try {
    const { token } = (await own.api.post('/v1/scim-tokens', { body: { name: 'Bench' } })).data
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
    const send = async (path: string, body: object): Promise<any> => {
      const answer = await pool.request({ path, method: 'POST', headers, body: JSON.stringify(body) })
      const text = await answer.body.text()
      if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text.slice(0, 500)}`)
      return JSON.parse(text)
    }
    const singlesSeconds = await seconds(async () => {
      let next = 0
      await Promise.all(Array.from({ length: lanes }, async () => {
        while (next < users) await send('/scim/v2/Users', userOf('single', next++))
      }))
    })
    const bulkSeconds = await seconds(async () => {
      for (let from = 0; from < users; from += bulkUsers) {
        const Operations = Array.from({ length: Math.min(bulkUsers, users - from) }, (_, index) => ({
          method: 'POST',
          path: '/Users',
          bulkId: `b${index}`,
          data: userOf('bulk', from + index)
        }))
        const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
        const { Operations: done } = await send('/scim/v2/Bulk', { schemas, Operations })
        if (done.some(({ status }: { status: string }) => status !== '201')) throw new Error('a user was refused')
      }
    })
    const { totalResults } = await (await pool.request({ path: '/scim/v2/Users?count=0', method: 'GET', headers }))
      .body.json() as { totalResults: number }
    if (totalResults < 2 * users) throw new Error(`${totalResults} users are there`)
    return {
      figures: { users, one_by_one_seconds: singlesSeconds, bulk_seconds: bulkSeconds },
      targets: { one_by_one_seconds: { atMost: 60 }, bulk_seconds: { atMost: 60 } }
    }
  } finally {
    await pool.close()
    await own.close()
  }
}

async function seconds (work: () => Promise<void>): Promise<number> {
  const begunMs = performance.now()
  await work()
  return (performance.now() - begunMs) / 1_000
}

function userOf (kind: string, index: number): object {
  const userName = `${kind}.${index}@bench.example`
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    externalId: `${kind}-${index}`,
    displayName: `User ${index}`,
    name: { givenName: 'User', familyName: String(index) },
    emails: [{ value: userName, type: 'work', primary: true }],
    active: true
  }
}
