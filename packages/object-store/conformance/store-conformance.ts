import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import { contentOf, ContentRefused, ObjectNotFound, type ObjectStore, type SignedRequest } from '../src/index.ts'

/** A store to be tested. */
export interface TestedStore {
  store: ObjectStore
  /** The same, signing as if it were an hour ago. */
  past: ObjectStore
}

/** What every object store must do; `open` makes one, at whose keys nobody else writes. */
export async function storeConformance (t: Test, open: (t: Test) => Promise<TestedStore>): Promise<void> {
  const tested = await open(t)
  await t.test('what is put is got, whole or in part, until it is deleted', async (t) => await putsAndGets(t, tested))
  await t.test('an empty object, and a stream in small pieces', async (t) => await oddContents(t, tested))
  await t.test('other bytes than those that were said are not stored, nor do they replace what is there', async (t) =>
    await refusesOthers(t, tested))
  await t.test('moving is safe to repeat', async (t) => await moves(t, tested))
  await t.test('lists by prefix, in the order of bytes, page by page', async (t) => await lists(t, tested))
  await t.test('a signed upload takes the bytes that were said, of their type, until it expires', async (t) =>
    await uploads(t, tested))
  await t.test('a signed download gives the file under its name, until it expires', async (t) =>
    await downloads(t, tested))
}

/** Keys of one test's own begin with it. */
function folder (): string {
  return `conformance/${randomUUID()}`
}

async function send (to: SignedRequest, body: Uint8Array, more: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(to.url, { method: to.method, headers: { ...to.headers, ...more }, body: body.slice() })
  await answer.arrayBuffer()
  return answer.status
}

async function putsAndGets (t: Test, { store }: TestedStore): Promise<void> {
  const key = `${folder()}/a.bin`
  const bytes = randomBytes(200_000)
  t.equal(await store.head(key), undefined)
  await t.rejects(store.get(key), ObjectNotFound)
  await store.put(key, contentOf(bytes, 'application/pdf'))
  const info = await store.head(key)
  t.match(info, { key, sizeBytes: bytes.length })
  t.ok(Math.abs((info?.storedAtMs ?? 0) - Date.now()) < 60_000, 'by the time of the store')
  const whole = await store.get(key)
  t.equal(whole.sizeBytes, bytes.length)
  t.ok((await buffer(whole.body)).equals(bytes))
  for (const [offset, length] of [[0, 1], [199_999, 1], [5, 70_000], [199_990, 500], [7, 0]] as const) {
    const part = await store.get(key, { offset, length })
    t.equal(part.sizeBytes, bytes.length, 'the size is that of the whole object')
    t.ok((await buffer(part.body)).equals(bytes.subarray(offset, offset + length)), `${length} from ${offset}`)
  }
  await t.rejects(store.get(key, { offset: 200_000, length: 1 }), RangeError)
  await t.rejects(store.get(key, { offset: 200_000, length: 0 }), RangeError)
  await store.put(key, contentOf(Buffer.from('other'), 'text/plain'))
  t.equal((await buffer((await store.get(key)).body)).toString(), 'other', 'a second put replaces it')
  await store.delete(key)
  t.equal(await store.head(key), undefined)
  await store.delete(key)
}

async function oddContents (t: Test, { store }: TestedStore): Promise<void> {
  const at = folder()
  await store.put(`${at}/empty`, contentOf(new Uint8Array(), 'text/csv'))
  t.equal((await store.head(`${at}/empty`))?.sizeBytes, 0)
  t.equal((await buffer((await store.get(`${at}/empty`)).body)).length, 0)
  const bytes = randomBytes(100_003)
  const pieces = function* (): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997)
  }
  await store.put(`${at}/pieces`, { ...contentOf(bytes, 'text/csv'), open: () => Readable.from(pieces()) })
  t.ok((await buffer((await store.get(`${at}/pieces`)).body)).equals(bytes))
}

async function refusesOthers (t: Test, { store }: TestedStore): Promise<void> {
  const key = `${folder()}/a`
  await store.put(key, contentOf(Buffer.from('before'), 'text/plain'))
  const right = contentOf(Buffer.alloc(150_000, 'a'), 'text/plain')
  const given = (bytes: Uint8Array) => ({ ...right, open: () => Readable.from([bytes]) })
  const shorter = given(Buffer.alloc(149_999, 'a'))
  const longer = given(Buffer.alloc(150_001, 'a'))
  const others = given(Buffer.concat([Buffer.alloc(149_999, 'a'), Buffer.from('b')]))
  for (const [what, content] of [['sizeBytes', shorter], ['sizeBytes', longer], ['sha256', others]] as const) {
    await t.rejects(store.put(key, content), { name: 'ContentRefused', what })
  }
  const broken = (): Readable =>
    new Readable({
      read () {
        this.push(Buffer.alloc(70_000, 'a'))
        this.destroy(new Error('the source broke'))
      }
    })
  await t.rejects(store.put(key, { ...right, open: broken }), { message: 'the source broke' })
  t.equal((await buffer((await store.get(key)).body)).toString(), 'before')
  await t.rejects(store.put(`${key}-new`, others), ContentRefused)
  t.equal(await store.head(`${key}-new`), undefined)
}

async function moves (t: Test, { store }: TestedStore): Promise<void> {
  const at = folder()
  const [from, to] = [`${at}/from/a`, `${at}/to/a`]
  await store.put(from, contentOf(Buffer.from('moved'), 'text/plain'))
  await store.move(from, to)
  t.equal(await store.head(from), undefined)
  await store.move(from, to)
  t.equal((await buffer((await store.get(to)).body)).toString(), 'moved')
  await t.rejects(store.move(`${at}/none`, `${at}/nowhere`), ObjectNotFound)
}

async function lists (t: Test, { store }: TestedStore): Promise<void> {
  const at = folder()
  const names = ['a-b/x', 'a.b', 'a/b', 'a/c/d', 'a0', 'b', 'B', 'a/c/e', 'c_d']
  for (const name of names) await store.put(`${at}/${name}`, contentOf(Buffer.from(name), 'text/plain'))
  const sorted = names.map((name) => `${at}/${name}`).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const all = await store.list(`${at}/`)
  t.same(all.objects.map(({ key }) => key), sorted)
  t.equal(all.next, undefined)
  t.match(all.objects.at(-1), { sizeBytes: 3, storedAtMs: Number })
  for (const limit of [1, 2, 4]) {
    const found: string[] = []
    let after: string | undefined
    do {
      const page = await store.list(`${at}/`, { after, limit })
      t.ok(page.objects.length <= limit)
      found.push(...page.objects.map(({ key }) => key))
      after = page.next
    } while (after !== undefined)
    t.same(found, sorted, `${limit} a page`)
  }
  t.same(
    (await store.list(`${at}/a/`)).objects.map(({ key }) => key),
    sorted.filter((key) => key.startsWith(`${at}/a/`))
  )
  t.same((await store.list(`${at}/a`)).objects.length, 6)
  t.same(await store.list(`${at}/none/`), { objects: [], next: undefined })
}

async function uploads (t: Test, { store, past }: TestedStore): Promise<void> {
  const at = folder()
  const bytes = Buffer.from('%PDF-1.7 as it was said')
  const content = contentOf(bytes, 'application/pdf')
  const signed = await store.presignUpload(`${at}/a`, content, 60)
  t.equal(signed.method, 'PUT')
  const others = Buffer.from('%PDF-1.7 as it was sold')
  const refused: Array<[string, Promise<number>]> = [
    ['other bytes', send(signed, others)],
    ['fewer bytes', send(signed, bytes.subarray(1))],
    ['more bytes', send(signed, Buffer.concat([bytes, bytes]))],
    ['another type', send(signed, bytes, { 'content-type': 'text/html' })],
    ['another address', send({ ...signed, url: signed.url.replace(/(.)(.)$/, '$2$1') }, bytes)]
  ]
  for (const [what, status] of refused) t.match(String(await status), /^4\d\d$/, what)
  const got = await fetch(signed.url, { headers: signed.headers })
  t.match(String(got.status), /^4\d\d$/, 'nor does it let read')
  t.equal(await store.head(`${at}/a`), undefined, 'and nothing is stored')
  t.match(String(await send(signed, bytes)), /^20[04]$/)
  t.match(String(await send(signed, bytes)), /^20[04]$/, 'the same once more changes nothing')
  t.match(String(await send(signed, others)), /^4\d\d$/, 'and still no others')
  t.ok((await buffer((await store.get(`${at}/a`)).body)).equals(bytes))
  t.equal(await send(await past.presignUpload(`${at}/b`, content, 3_590), bytes), 403, 'expired ten seconds ago')
  t.match(String(await send(await past.presignUpload(`${at}/b`, content, 3_660), bytes)), /^20[04]$/, 'still good')
}

async function downloads (t: Test, { store, past }: TestedStore): Promise<void> {
  const key = `conformance/${randomUUID()}/file`
  const bytes = randomBytes(70_000)
  await store.put(key, contentOf(bytes, 'text/plain'))
  const name = 'عقد "الخدمة" 100%.pdf'
  const signed = await store.presignDownload(key, { name, contentType: 'application/pdf' }, 60)
  const answer = await fetch(signed.url)
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('content-type'), 'application/pdf')
  t.match(answer.headers.get('content-disposition'), /^attachment; filename="/)
  const saved = /filename\*=UTF-8''([^;]+)$/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? ''
  t.equal(decodeURIComponent(saved), name)
  const sha256 = createHash('sha256').update(new Uint8Array(await answer.arrayBuffer())).digest('hex')
  t.equal(sha256, contentOf(bytes, '').sha256)
  const put = await fetch(signed.url, { method: 'PUT', body: 'x', headers: { 'content-type': 'text/plain' } })
  t.match(String(put.status), /^4\d\d$/, 'it does not let write')
  const forged = await fetch(signed.url.replace(/(.)(.)$/, '$2$1'))
  t.match(String(forged.status), /^4\d\d$/)
  const late = await past.presignDownload(key, { name, contentType: 'application/pdf' }, 3_590)
  t.equal((await fetch(late.url)).status, 403)
}
