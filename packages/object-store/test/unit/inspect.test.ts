import { createHash } from 'node:crypto'
import t from 'tap'
import { contentOf, createClamd } from '../../src/index.ts'
import { isOfType, verdict } from '../../src/domain/verdict.ts'
import { inspect } from '../../src/inspect.ts'
import { fakeClamd } from '../support/clamd.ts'
import { servedFiles } from '../support/files.ts'
import { zipOf } from '../support/zip.ts'

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const contentTypes = [
  '[Content_Types].xml',
  `<Types><Override PartName="/xl/workbook.xml" ContentType="${xlsx}.main+xml"/></Types>`
] as const
const sheet = ['xl/workbook.xml', '<workbook/>'] as const
const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')

t.test('a file is what its bytes are, whatever it is called', async (t) => {
  const { store } = await servedFiles(t)
  const cases: Array<[said: string, bytes: Buffer, right: boolean]> = [
    ['application/pdf', Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj\n'), true],
    ['application/pdf', png, false],
    ['application/pdf', Buffer.from('not a form'), false],
    [xlsx, zipOf([contentTypes, sheet]), true],
    [xlsx, zipOf([['xl/worksheets/sheet1.xml', 'x'.repeat(3_000_000)], sheet, contentTypes]), true],
    [xlsx, png, false],
    [xlsx, Buffer.from('a,b\n1,2\n'), false],
    ['text/csv', Buffer.from('النوع;الاسم\n1;2\r\n'), true],
    ['text/csv', Buffer.from('\ufeffa,b\n', 'utf16le'), true],
    ['text/csv; charset=windows-1256', Buffer.from([0xc7, 0xe1, 0x2c, 0x31, 0x0a]), true],
    ['text/csv', zipOf([contentTypes, sheet]), false],
    ['text/csv', Buffer.from('a\0b'), false],
    ['application/json', Buffer.from('{"a":1}'), true],
    ['application/json', png, false],
    ['application/json', Buffer.from('%PDF-1.7\n'), false],
    ['text/csv', Buffer.alloc(0), true]
  ]
  for (const [said, bytes, right] of cases) {
    await store.put('a', contentOf(bytes, said))
    const found = await inspect(store, 'a', undefined)
    t.equal(isOfType(said, found), right, `${said}: ${found.foundType ?? (found.isText ? 'text' : 'bytes')}`)
    t.match(found, { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
  }
})

t.test('the verdict names the worst', async (t) => {
  const said = { contentType: 'application/pdf', sizeBytes: 2, sha256: 'aa' }
  const found = { sizeBytes: 2, sha256: 'aa', foundType: 'application/pdf', isText: false, infection: undefined }
  t.equal(verdict(said, found), undefined)
  t.equal(verdict(said, { ...found, foundType: 'image/png' }), 'type_differs')
  t.equal(verdict(said, { ...found, foundType: 'image/png', sha256: 'bb' }), 'sha256_differs')
  t.equal(verdict(said, { ...found, sizeBytes: 3, sha256: 'bb' }), 'size_differs')
  t.equal(verdict(said, { ...found, sizeBytes: 3, infection: 'Sample' }), 'infected')
})

t.test('a scanner gets all bytes, and its words are understood', async (t) => {
  const { store } = await servedFiles(t)
  const bytes = Buffer.alloc(2_500_000, 'ab')
  await store.put('a', contentOf(bytes, 'text/csv'))
  const clean = await fakeClamd(t)
  t.equal((await inspect(store, 'a', createClamd(clean))).infection, undefined)
  t.ok(clean.scanned[0]?.equals(bytes))
  const found = await fakeClamd(t, () => 'stream: Sample.Harmless-1 FOUND')
  t.equal((await inspect(store, 'a', createClamd(found))).infection, 'Sample.Harmless-1')
})

t.test('a scanner that does not scan is never taken for one that found nothing', async (t) => {
  const { store } = await servedFiles(t)
  await store.put('a', contentOf(Buffer.from('a'), 'text/csv'))
  const fails = async (answer: string | undefined, message: RegExp): Promise<void> => {
    const clamd = await fakeClamd(t, () => answer)
    const scanner = createClamd({ ...clamd, idleMs: 200 })
    await t.rejects(inspect(store, 'a', scanner), { name: 'ScannerUnavailable', message })
  }
  await fails('INSTREAM size limit exceeded. ERROR', /did not scan: INSTREAM size limit/)
  await fails('', /did not scan/)
  await fails('stream: OK maybe', /did not scan/)
  await fails(undefined, /says nothing for 200 ms/)
  await t.rejects(inspect(store, 'a', createClamd({ host: '127.0.0.1', port: 1 })), /ECONNREFUSED/)
})
