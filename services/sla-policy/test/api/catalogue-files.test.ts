import t from 'tap'
import { harness, unknownId, type Harness } from './harness.ts'

const types = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json'
} as const
type Format = keyof typeof types

async function imported (h: Harness, file: string | Buffer, format: Format = 'csv', query = '') {
  const answer = await h.send({ url: `/v1/catalogue/import${query}`, file, type: types[format] })
  return answer.json()
}

const items = async ({ call }: Harness) =>
  await Promise.all(
    ['products', 'modules', 'questions'].map(async (path) => (await call('GET', `/${path}`)).body.items)
  )

const file = [
  'kind,product,module,name,active',
  'question,Printer,Tray,=jam?,true',
  'module,printer,,Tray,no',
  'product,,,Printer,',
  'product,,,Copier,true',
  'module,Copier,,tray,true',
  'question,,,orphan,true'
].join('\n')

t.test('products, modules and questions come from one file, whatever their order', async (t) => {
  const h = await harness(t)
  t.match(await imported(h, file), { applied: false, created: 5, refused: 1 })
  t.match((await imported(h, file)).results[5], { line: 7, faults: [{ field: 'module', message: /needs its module/ }] })
  t.same((await items(h)).flat(), [], 'all or nothing')
  await h.drain()
  t.match(await imported(h, file, 'csv', '?mode=good_rows'), { applied: true, created: 5, refused: 1 })
  const [products, modules, questions] = await items(h)
  t.match(products, [{ name: 'Printer', active: true }, { name: 'Copier' }])
  t.match(modules, [{ name: 'Tray', active: false, productId: products[0].id }, { productId: products[1].id }])
  t.match(questions, [{ name: '=jam?', moduleId: modules[0].id, productId: products[0].id }])
  t.same((await h.drain()).map(({ type }) => type), Array(5).fill('dueline.catalogue.changed.v1'))
  t.match(
    await imported(h, file, 'csv', '?mode=good_rows'),
    { unchanged: 5 },
    'an item without an id is that of its name'
  )
})

t.test('a catalogue that is exported and imported again is unchanged, and announces nothing', async (t) => {
  const h = await harness(t)
  await imported(h, file, 'csv', '?mode=good_rows')
  const before = await items(h)
  await h.drain()
  for (const format of ['csv', 'xlsx', 'json'] as const) {
    const { rawPayload } = await h.send({ url: `/v1/catalogue/export?format=${format}` })
    t.match(await imported(h, rawPayload, format), { applied: true, unchanged: 5, created: 0, updated: 0 }, format)
  }
  t.same(await items(h), before)
  t.same(await h.drain(), [])
  const { rawPayload } = await h.send({ url: '/v1/catalogue/export?format=csv' })
  const elsewhere = await harness(t)
  t.match(await imported(elsewhere, rawPayload), { applied: true, created: 5 })
  t.same(
    (await items(elsewhere)).flat().map(({ id }) => id),
    before.flat().map(({ id }) => id),
    'the same in another tenant'
  )
})

t.test('what cannot be is refused by name', async (t) => {
  const h = await harness(t)
  await imported(h, file, 'csv', '?mode=good_rows')
  const [[printer, copier], [tray]] = await items(h)
  const faults = async (rows: string) =>
    (await imported(h, `id,version,kind,product,module,name\n${rows}`)).results.flatMap((one: any) =>
      one.faults.map(({ field }: { field: string }) => field)
    )
  t.same(await faults(`${printer.id},7,product,,,Printer 2`), ['version'])
  t.same(await faults(`${printer.id},,product,,,Copier`), ['name'])
  t.same(await faults(`${tray.id},,module,Copier,,Tray 2`), ['product'])
  t.same(await faults(`${tray.id},,product,,,Tray`), ['kind'])
  t.same(await faults(`${copier.id},,product,,,A\n${copier.id},,product,,,B`), ['id'])
  t.same(await faults(',,module,Nothing,,X'), ['product'])
  t.same(await faults(',,product,Printer,,X'), ['product'])
  t.same(await faults(',,question,Copier,Tray,X\n,,question,Printer,tray,X'), [])
  t.same(await faults(',,thing,,,X'), ['kind'])
  t.same(await faults(`not-an-id,,product,,,X\n${unknownId},,product,,,`), ['id', 'name'])
})
