import { createMetrics, systemClock, systemIds } from '@dueline/runtime'
import { buildHttp, defineErrors, pathId, problem, baseErrors, type App } from '@dueline/http'
import t from 'tap'
import { Type } from 'typebox'
import { operationConformance, silentLogger, testIssuer, type Samples, type SuiteTest } from '../../src/index.ts'

const errors = defineErrors({ thing_stuck: { status: 409, title: 'The thing is stuck' } })
const thingId = '01900000-0000-7000-8000-00000000f001'
let isDatabaseAway = false

/** What an operation with one thing can be made to do wrongly. */
type Mistake =
  | 'tenant'
  | 'status'
  | 'code'
  | 'role'
  | 'database'
  | 'member'
  | 'etag'
  | 'header'
  | 'documented header'
  | 'method'
  | 'none'

/** A service whose one operation reads a thing that the tenant `getme` has. */
function serviceWith (mistake: Mistake): { http: App, issuer: ReturnType<typeof testIssuer> } {
  const issuer = testIssuer()
  const shared = { service: 'thing', version: '1', logger: silentLogger, errors, metrics: createMetrics('thing') }
  const ready = async () => [{ name: 'database', ok: !isDatabaseAway }]
  const http = buildHttp({ ...shared, clock: systemClock, ids: systemIds, auth: issuer.auth, ready })
  http.route({
    method: 'GET',
    url: '/v1/things/:thingId',
    config: {
      roles: ['agent', 'admin'],
      problems: mistake === 'code' ? ['thing_stuck'] : [],
      etag: mistake === 'documented header'
    },
    schema: { operationId: 'getMe', params: pathId('thingId'), response: { 200: Type.Object({ id: Type.String() }) } },
    handler: async ({ principal, params }, reply) => {
      if (isDatabaseAway && mistake !== 'database') problem(baseErrors.unavailable, { headers: { 'retry-after': '1' } })
      if (mistake === 'role' && principal.roles.includes('agent')) problem(baseErrors.forbidden)
      const isOwn = principal.tenantId === 'getme' || mistake === 'tenant'
      if (!isOwn || params.thingId !== thingId) problem(baseErrors.not_found)
      if (mistake === 'header') reply.header('content-language', 'en')
      if (mistake === 'etag') reply.header('etag', '"1"')
      if (mistake === 'status') reply.code(202 as 200)
      if (mistake === 'member') problem(baseErrors.not_found, { extra: { secret: 'x' } })
      return { id: thingId }
    }
  })
  if (mistake === 'method') {
    const config = { roles: 'public' as const }
    http.route({ method: 'PUT', url: '/v1/things/:thingId', config, schema: { hide: true }, handler: async () => null })
  }
  return { http, issuer }
}

/** What the suite finds wrong, by the name of the check. */
async function faultsOf (mistake: Mistake): Promise<string[]> {
  const { http, issuer } = serviceWith(mistake)
  const failed: string[] = []
  const suite: SuiteTest = {
    async test (_name, body) {
      await body(suite)
    },
    same (found, wanted, message) {
      const right = JSON.stringify(found) === JSON.stringify(wanted)
      if (!right) failed.push(message)
      return right
    }
  }
  const samples = { getMe: { request: () => ({ path: { thingId } }) } } as never
  const database = {
    async with<T> (state: 'away' | 'broken', fn: () => Promise<T>): Promise<T> {
      isDatabaseAway = state === 'away'
      try {
        return await fn()
      } finally {
        isDatabaseAway = false
      }
    }
  }
  await operationConformance(suite, { http, issuer, samples, database })
  await http.close()
  return failed
}

t.test('operationConformance sees what an operation does wrongly', async (t) => {
  // this service has no database: what fails in it is no fault that it could answer with 500
  const always = ['fails in order', 'everything that is documented was answered']
  const found = async (mistake: Mistake) => (await faultsOf(mistake)).filter((each) => !always.includes(each))
  t.same(await found('none'), [], 'a right one passes')
  t.same(await found('tenant'), ['separates tenants'])
  t.same(await found('status'), ['answers rightly', 'knows its callers', 'separates tenants', 'knows versions'])
  t.same(await found('role'), ['knows its callers'])
  t.ok((await found('etag')).includes('knows versions'))
  t.ok((await found('header')).includes('answers rightly'), 'a header that is not documented')
  t.ok((await found('documented header')).includes('answers rightly'), 'a documented header that is not sent')
  t.ok((await faultsOf('method')).includes('Allow'), 'a method that is not documented')
  t.ok((await found('member')).includes('answers rightly'), 'a member that is not documented')
  t.ok((await faultsOf('code')).includes('everything that is documented was answered'))
  t.ok((await faultsOf('database')).includes('fails in order'))
})

// @ts-expect-error: what lacks samples does not compile
export const incomplete: Samples<'clock'> = {}

t.test('an operation without a sample is named', async (t) => {
  const { http, issuer } = serviceWith('none')
  const found: unknown[] = []
  const suite: SuiteTest = {
    test: async (_name, body) => await body(suite),
    same (samples, wanted) {
      found.push([samples, wanted])
      return true
    }
  }
  const database = { with: async <T>(_: string, fn: () => Promise<T>) => await fn() }
  await operationConformance(suite, { http, issuer, samples: {} as never, database })
  t.same(found[0], [['getMe'], []])
  await http.close()
})
