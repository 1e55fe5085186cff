import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { systemClock } from '@dueline/runtime'
import fc from 'fast-check'
import t from 'tap'
import { attachment, contentOf, createFilesStore, createGrantSigner, SignatureRefused } from '../../src/index.ts'
import { servedFiles } from '../support/files.ts'

t.test('keys that could lead elsewhere, or that S3 could not have, are refused', async (t) => {
  const { store } = await servedFiles(t)
  const content = contentOf(Buffer.from('a'), 'text/plain')
  const wrong = ['', '/a', 'a/', 'a//b', '..', 'a/../b', '.a', 'a/.b', 'a\\b', 'a b', 'é', 'a\0', 'x'.repeat(201)]
  for (const key of [...wrong, Array.from({ length: 300 }, () => 'ab').join('/')]) {
    await t.rejects(store.put(key, content), TypeError, JSON.stringify(key.slice(0, 20)))
    await t.rejects(store.get(key), TypeError)
    await t.rejects(store.move('a', key), TypeError)
  }
  for (const key of ['a', 'A.b_c-d', 'b/c.pdf', `x/${'y'.repeat(200)}`]) await store.put(key, content)
  for (const prefix of ['..', '../', '/', 'a//']) await t.rejects(store.list(prefix), TypeError)
  for (const limit of [0, 1_001, 1.5]) await t.rejects(store.list('', { limit }), TypeError)
  for (const seconds of [0, 604_801, 1.5]) await t.rejects(store.presignUpload('a', content, seconds), TypeError)
})

t.test('an upload that breaks off leaves nothing behind, and one of a crash is cleared away after a day', async (t) => {
  const { folder, store } = await servedFiles(t)
  const unfinished = join(folder, '.unfinished')
  await mkdir(unfinished)
  for (const [name, hoursAgo] of [['old', 25], ['young', 23]] as const) {
    writeFileSync(join(unfinished, name), 'half')
    const at = new Date(Date.now() - hoursAgo * 3600_000)
    utimesSync(join(unfinished, name), at, at)
  }
  const content = contentOf(randomBytes(10), 'text/plain')
  await t.rejects(store.put('a/b/c', { ...content, open: () => Readable.from([Buffer.from('short')]) }))
  t.same(readdirSync(unfinished), ['young'])
  t.same(readdirSync(folder), ['.unfinished'])
  await store.put('a/b/c', content)
  await store.delete('a/b/c')
  t.same(readdirSync(folder), ['.unfinished'], 'folders go with their last object')
  t.same((await store.list('')).objects, [], 'and what is unfinished is no object')
})

t.test('writers and removers in the same folders do not disturb each other', async (t) => {
  const { store } = await servedFiles(t)
  const content = contentOf(Buffer.from('a'), 'text/plain')
  const keys = Array.from({ length: 60 }, (_, index) => `crowd/${index % 3}/${randomUUID()}`)
  await Promise.all(keys.map(async (key) => {
    await store.put(key, content)
    await store.delete(key)
  }))
  t.same((await store.list('')).objects, [])
})

t.test('a folder that cannot be used is said by its code', async (t) => {
  const folder = t.testdir({ file: 'not a folder' })
  const signer = createGrantSigner(randomBytes(32).toString('base64'))
  const store = createFilesStore({ folder: join(folder, 'file'), url: '', signer, clock: systemClock })
  const error = { name: 'ObjectStoreUnavailable', message: /ENOTDIR|EEXIST/ }
  await t.rejects(store.put('a', contentOf(Buffer.from('a'), 'text/plain')), error)
  t.throws(() => createGrantSigner(randomBytes(31).toString('base64')), RangeError)
})

t.test('a grant is read back as it was signed, and nothing else is', async (t) => {
  const signer = createGrantSigner(randomBytes(32).toString('base64'))
  const grant = { method: 'PUT', key: 'a/b', expiresAtMs: 1_000, contentType: 'text/csv', sizeBytes: 1 } as const
  const signature = signer.sign(grant)
  t.same(signer.read(signature, 'PUT', 999), grant)
  t.throws(() => signer.read(signature, 'PUT', 1_000), new SignatureRefused('expired'))
  t.throws(() => signer.read(signature, 'GET', 999), new SignatureRefused('wrong'))
  const other = createGrantSigner(randomBytes(32).toString('base64')).sign(grant)
  t.throws(() => signer.read(other, 'PUT', 999), new SignatureRefused('wrong'))
  const [, mac] = signature.split('.')
  const changed = Buffer.from(JSON.stringify({ ...grant, key: 'a/c' })).toString('base64url')
  t.throws(() => signer.read(`${changed}.${mac}`, 'PUT', 999), new SignatureRefused('wrong'))
  fc.assert(
    fc.property(fc.string(), (text) => {
      t.throws(() => signer.read(text, 'PUT', 999), SignatureRefused)
    }),
    { numRuns: 200 }
  )
})

t.test('the name of a file stays within its header, whatever it is', async (t) => {
  t.equal(attachment('a "b".pdf'), `attachment; filename="a _b_.pdf"; filename*=UTF-8''a%20%22b%22.pdf`)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const header = attachment(name)
      const [, ascii, encoded = ''] = /^attachment; filename="([^"]*)"; filename\*=UTF-8''([\w.~!*%$&+^`|#-]*)$/
        .exec(header) ?? []
      return ascii !== undefined && /^[\x20-\x7e]*$/.test(header) &&
        decodeURIComponent(encoded) === Buffer.from(name).toString('utf8')
    })
  )
})

t.test('objects are served with headers that let no browser run them', async (t) => {
  const { store } = await servedFiles(t)
  await store.put('a', contentOf(Buffer.from('<script>'), 'text/html'))
  const { url } = await store.presignDownload('a', { name: 'a.html', contentType: 'text/html' }, 60)
  const answer = await fetch(url)
  t.match(answer.headers.get('content-security-policy'), /sandbox/)
  t.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  await store.delete('a')
  const gone = await fetch(url)
  t.equal(gone.status, 404)
  t.match(await gone.json(), { code: 'not_found' })
  const wrong = await fetch(`${url}x`)
  t.match(await wrong.json(), { code: 'signature_refused', errors: [{ in: 'query', pointer: '/signature' }] })
  const upload = await store.presignUpload('b', contentOf(Buffer.from('abc'), 'text/csv'), 60)
  const plain = await fetch(upload.url, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'abc' })
  t.match(await plain.json(), { code: 'content_refused', errors: [{ in: 'header', pointer: '/content-type' }] })
  const long = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: 'abcd' })
  t.match(await long.json(), { code: 'content_refused', errors: [{ in: 'header', pointer: '/content-length' }] })
  const chunked = await fetch(upload.url, {
    method: 'PUT',
    headers: upload.headers,
    body: new Blob(['abx']).stream(),
    duplex: 'half'
  } as RequestInit)
  t.match(await chunked.json(), { code: 'content_refused', detail: /SHA-256/ })
  t.equal(await store.head('b'), undefined)
})
