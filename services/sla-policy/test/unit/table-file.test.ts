import t from 'tap'
import { fileBytesMax } from '../../src/routes/table-changes.ts'
import { tableFile } from '../../src/routes/table-file.ts'
import { pagesOf } from '../../src/spreadsheets/pages.ts'
import type { FileFormat } from '../../src/spreadsheets/sheet-file.ts'

const tables = {
  read: async () => t.fail('nothing is read') as never,
  findings: async () => t.fail('nothing is looked through') as never,
  workbook: async () => Buffer.alloc(fileBytesMax)
}
const mebibyte = 'x'.repeat(1024 * 1024)
/** A table of so many MiB, with little around them. */
const fileOf = async (format: FileFormat, mebibytes: number) =>
  await tableFile<string>(format, {
    name: 't',
    head: ['a'],
    pages: pagesOf(Array<string>(mebibytes).fill(mebibyte)),
    cellsOf: (row) => [row],
    itemOf: (a) => ({ a })
  }, tables)

const refused = { entry: { code: 'validation_failed' }, options: { faults: [{ in: 'query', pointer: '/format' }] } }
const refusalOf = async (format: FileFormat, mebibytes: number): Promise<unknown> =>
  await fileOf(format, mebibytes).then(() => 'written', (error: unknown) => error)

t.test('no file is written that an import would refuse for its size', async (t) => {
  for (const format of ['csv', 'json'] as const) {
    const file = await fileOf(format, 63)
    t.ok(file.length <= fileBytesMax, `${format}: 63 MiB are`)
    t.match(await refusalOf(format, 64), refused, `${format}: 64 MiB are not`)
  }
  t.match(await refusalOf('xlsx', 1), refused, 'a workbook of 64 MiB is not')
})

t.test('pages make one list', async (t) => {
  t.same(JSON.parse(String(await fileOf('json', 0))), { items: [] })
  const pages = pagesOf(Array.from({ length: 501 }, (_, index) => index))
  const options = { name: 't', head: ['a'], pages, cellsOf: (a: number) => [a], itemOf: (a: number) => ({ a }) }
  const { items } = JSON.parse(String(await tableFile('json', options, tables)))
  t.same(items, Array.from({ length: 501 }, (_, a) => ({ a })))
})
