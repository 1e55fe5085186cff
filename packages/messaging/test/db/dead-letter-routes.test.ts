import { Problem } from '@dueline/http'
import { systemIds } from '@dueline/runtime'
import t from 'tap'
import { deadLetterRoutes } from '../../src/index.ts'
import { park } from '../../src/dead-letters.ts'
import { newEvent, tenant, topic } from '../support/events.ts'
import { completeEvent, encodeEvent } from '../../src/codec.ts'
import { collect, makeStack, until } from '../support/stack.ts'

interface Definition {
  method: string
  url: string
  config: { roles: string[] }
  handler(request: object): Promise<unknown>
}
interface Page {
  items: Array<{ id: string, failedAt: string, reason: string, tenantId: string | null, resentAt: string | null }>
  nextCursor: string | null
}

t.test('operators list the dead letters of their tenant page by page, and resend one', async (t) => {
  const { database, bus } = await makeStack(t)
  const { key, headers, value } = encodeEvent(completeEvent(newEvent('a', 1)))
  const record = (offset: number, reason: 'handler_failed' | 'oversized', change: object = {}) => ({
    reason,
    detail: 'a bug',
    record: {
      topic,
      partition: 0,
      offset: BigInt(offset),
      key,
      value: Buffer.from(value),
      headers: { ...headers, ...change }
    }
  })
  await database.tx(async (tx) =>
    await park(tx, systemIds, 'test', [0, 1, 2].map((offset) => record(offset, 'handler_failed')))
  )
  await database.tx(async (tx) =>
    await park(tx, systemIds, 'test', [
      record(3, 'oversized'),
      record(4, 'handler_failed', { ce_tenantid: 'other' }),
      record(4, 'handler_failed')
    ])
  )
  const routes: Definition[] = []
  deadLetterRoutes({ route: (definition: Definition) => routes.push(definition) } as never, {
    service: 'sla-policy',
    database,
    bus
  })
  t.strictSame(routes.map(({ method, url, config }) => `${method} ${url} ${config.roles.join()}`), [
    'GET /v1/sla-policy/dead-letters operator',
    'POST /v1/sla-policy/dead-letters/:deadLetterId/resend operator'
  ])
  const [list, resend] = routes as [Definition, Definition]
  const principal = { tenantId: tenant }
  const first = await list.handler({ principal, query: { limit: 3 } }) as Page
  t.equal(first.items.length, 3)
  t.match(first.items[0]!.failedAt, /\.\d{6}Z$/)
  const forged = (position: unknown) =>
    list.handler({
      principal,
      query: { limit: 3, cursor: Buffer.from(JSON.stringify(position)).toString('base64url') }
    })
  for (
    const position of [{ failedAt: 'yesterday', id: '-'.repeat(36) }, { failedAt: 0, id: '-'.repeat(36) }, {
      failedAt: 1e300,
      id: '01900000-0000-7000-8000-000000000001'
    }]
  ) {
    await t.rejects(forged(position), { message: 'the cursor is not one of this list' })
  }
  const second = await list.handler({ principal, query: { limit: 3, cursor: first.nextCursor } }) as Page
  t.strictSame([second.items.length, second.nextCursor], [1, null])
  t.equal(new Set([...first.items, ...second.items].map((letter) => letter.id)).size, 4)
  const letter = [...first.items, ...second.items].find(({ reason }) => reason === 'handler_failed')!
  const seen = await collect(t, bus)
  const resent = await resend.handler({ principal, params: { deadLetterId: letter.id } }) as Page['items'][number]
  t.match(resent.resentAt, /Z$/)
  await until('the record', () => seen.length === 1)
  t.equal(seen[0]!.id, headers.ce_id)
  t.equal((await list.handler({ principal, query: { limit: 10, open: true } }) as Page).items.length, 3)
  const oversized = first.items.find(({ reason }) => reason === 'oversized')!
  await t.rejects(
    resend.handler({ principal, params: { deadLetterId: oversized.id } }),
    Problem,
    'an oversized one is 409'
  )
  await t.rejects(
    resend.handler({ principal: { tenantId: 'stranger' }, params: { deadLetterId: letter.id } }),
    Problem,
    'that of another tenant is 404'
  )
})

t.test('what names no tenant is for the operators of the installation, and for nobody else', async (t) => {
  const { database, bus } = await makeStack(t)
  const { key, headers, value } = encodeEvent(completeEvent(newEvent('a', 1)))
  const { ce_tenantid: _, ...nameless } = headers
  const record = { topic, partition: 0, offset: 0n, key, value: Buffer.from(value), headers: nameless }
  await database.tx(async (tx) =>
    await park(tx, systemIds, 'test', [{ reason: 'not_an_event', detail: 'a bug', record }])
  )
  const routesOf = (operatorTenant?: string) => {
    const routes: Definition[] = []
    const app = { route: (definition: Definition) => routes.push(definition) } as never
    deadLetterRoutes(app, { service: 'clock', database, bus, operatorTenant })
    return routes as [Definition, Definition]
  }
  const listed = async ([list]: [Definition, Definition], tenantId: string) =>
    (await list.handler({ principal: { tenantId }, query: { limit: 3 } }) as Page).items
  t.same(await listed(routesOf(), tenant), [], 'without such a tenant')
  const routes = routesOf(tenant)
  t.same(await listed(routes, 'stranger'), [])
  const [letter] = await listed(routes, tenant)
  t.match(letter, { tenantId: null, reason: 'not_an_event' })
  const resend = async (tenantId: string) =>
    await routes[1].handler({ principal: { tenantId }, params: { deadLetterId: letter!.id } })
  await t.rejects(resend('stranger'), Problem)
  t.match(await resend(tenant), { resentCount: 1 })
})
