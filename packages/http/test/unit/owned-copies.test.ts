import type { TenantDatabases } from '@dueline/postgres'
import { FreshCache } from '@dueline/runtime'
import { fakeClock } from '@dueline/testkit'
import t from 'tap'
import { ownedCopies, type Asker, type Upstream } from '../../src/index.ts'

interface Row {
  readonly tenantId: string
  readonly id: string
  readonly name: string
}

const database = { forTenant: (tenantId: string) => ({ read: tenantId }) } as unknown as TenantDatabases

/** Copies in a map, whose owner answers when the test says so. */
function start ({ memory, hasOwner = true }: { memory?: FreshCache<Row>, hasOwner?: boolean } = {}) {
  const stored = new Map<string, Row>()
  const asked: string[] = []
  let reads = 0
  let answer = async (path: string): Promise<unknown> => ({ id: path.slice(1), name: `n${path}` })
  const owner = {
    get: async (path: string, authorization: string) => {
      asked.push(`${path} ${authorization}`)
      return await answer(path)
    }
  } as unknown as Upstream
  const copies = ownedCopies({
    database,
    owner: hasOwner ? owner : undefined,
    ...(memory === undefined ? {} : { memory }),
    async read (_, tenantId, ids) {
      reads++
      return new Map(ids.flatMap((id) => {
        const row = stored.get(`${tenantId}/${id}`)
        return row === undefined ? [] : [[id, row]]
      }))
    },
    async save (_, rows) {
      for (const row of rows) stored.set(`${row.tenantId}/${row.id}`, row)
    },
    path: ({ id }: { readonly id: string }) => `/${id}`,
    isAnswer: (body): body is { id: string, name: string } => typeof body === 'object',
    rowOf: ({ id, name }, _, tenantId): Row => ({ tenantId, id, name })
  })
  return {
    find: async (ids: string[], asker: Partial<Asker> = {}) =>
      [...(await copies.find({ tenantId: 'acme', authorization: 'me', ...asker }, ids.map((id) => ({ id })))).keys()]
        .sort(),
    stored,
    asked,
    reads: () => reads,
    answerWith: (fn: typeof answer) => {
      answer = fn
    }
  }
}

t.test('the copy first, then the owner, once', async (t) => {
  const { find, stored, asked } = start()
  stored.set('acme/a', { tenantId: 'acme', id: 'a', name: 'copy' })
  t.same(await find(['a']), ['a'])
  t.same(asked, [])
  t.same(await find(['a', 'b', 'b']), ['a', 'b'])
  t.same(await find(['b']), ['b'])
  t.same(asked, ['/b me'])
  t.same(await find(['b'], { tenantId: 'globex' }), ['b'], 'each tenant has copies of its own')
  t.same(asked, ['/b me', '/b me'])
})

t.test('nobody is asked without a caller or without an owner', async (t) => {
  const { find, asked } = start()
  t.same(await find(['a'], { authorization: undefined }), [])
  t.same(asked, [])
  t.same(await start({ hasOwner: false }).find(['a']), [])
})

t.test('simultaneous callers with one token share a question, others do not', async (t) => {
  const { find, asked, answerWith } = start()
  const waiting: (() => void)[] = []
  answerWith(async (path) => {
    await new Promise<void>((resolve) => waiting.push(resolve))
    return { id: path.slice(1), name: 'x' }
  })
  const answers = Promise.all(
    [...Array(20).keys()].map(async (i) => await find(['a'], { authorization: i < 19 ? 'me' : 'you' }))
  )
  while (waiting.length < 2) await new Promise(setImmediate)
  for (const go of waiting) go()
  t.same(await answers, Array(20).fill(['a']))
  t.same(asked, ['/a me', '/a you'])
})

t.test('what does not exist, or could not be asked, is asked again the next time', async (t) => {
  const memory = new FreshCache<Row>(fakeClock(0), 5)
  const { find, asked, answerWith } = start({ memory })
  answerWith(async () => undefined)
  t.same(await find(['a']), [])
  answerWith(async () => {
    throw new Error('away')
  })
  await t.rejects(find(['a']), { message: 'away' })
  answerWith(async () => ({ id: 'a', name: 'now' }))
  t.same(await find(['a']), ['a'])
  t.equal(asked.length, 3)
})

t.test('memory spares reads for as long as it is fresh', async (t) => {
  const clock = fakeClock(0)
  const { find, reads } = start({ memory: new FreshCache<Row>(clock, 5) })
  await find(['a'])
  await find(['a'])
  t.equal(reads(), 1)
  clock.advance(5)
  await find(['a'])
  t.equal(reads(), 2)
})

t.test('a request has ten questions under way at most', async (t) => {
  const { find, answerWith } = start()
  let underWay = 0
  let most = 0
  answerWith(async (path) => {
    most = Math.max(most, ++underWay)
    await new Promise(setImmediate)
    underWay--
    return { id: path.slice(1), name: 'x' }
  })
  const ids = [...Array(35).keys()].map((i) => `t${i}`).sort()
  t.same(await find(ids), ids)
  t.equal(most, 10)
})
