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

t.test('no file is written that an import would refuse for its size', async (t) => {
  for (const format of ['csv', 'json'] as const) {
    const file = await fileOf(format, 63)
    t.ok(file.length <= fileBytesMax, `${format}: 63 MiB are`)
    const refused = { options: { faults: [{ in: 'query', pointer: '/format' }] } }
    await t.rejects(fileOf(format, 64), refused, `${format}: 64 MiB are not`)
  }
  await t.rejects(fileOf('xlsx', 1), { entry: { code: 'validation_failed' } }, 'a workbook of 64 MiB is not')
})

t.test('pages make one list', async (t) => {
  t.same(JSON.parse(String(await fileOf('json', 0))), { items: [] })
  const pages = pagesOf(Array.from({ length: 501 }, (_, index) => index))
  const options = { name: 't', head: ['a'], pages, cellsOf: (a: number) => [a], itemOf: (a: number) => ({ a }) }
  const { items } = JSON.parse(String(await tableFile('json', options, tables)))
  t.same(items, Array.from({ length: 501 }, (_, a) => ({ a })))
})
