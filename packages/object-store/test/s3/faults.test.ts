import { createServer } from 'node:http'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { testS3 } from '@dueline/testkit'
import t from 'tap'
import { contentOf, ObjectStoreUnavailable } from '../../src/index.ts'
import { faultyLine } from '../support/faulty-line.ts'
import { freshBucket } from '../support/s3.ts'

const server = await testS3(t)
if (server !== undefined) {
  const open = await freshBucket(t, server)
  const direct = open()
  const bytes = randomBytes(3_000_000)
  const content = contentOf(bytes, 'application/pdf')

  t.test('what passes is tried again, and what was sent is whole', async (t) => {
    const line = await faultyLine(t, server.endpoint)
    const store = open({ endpoint: line.endpoint })
    const key = `faults/${randomUUID()}`
    line.next.push('refuse', { cutUpAfterBytes: 1_000_000 })
    let opened = 0
    await store.put(key, {
      ...content,
      open: () => {
        opened++
        return content.open()
      }
    })
    t.equal(opened, 3, 'each try reads from the start')
    t.ok((await buffer((await direct.get(key)).body)).equals(bytes))
    await direct.put(`${key}-other`, content)
    const fresh = open({ endpoint: line.endpoint })
    line.next.push({ cutDownAfterBytes: 10 })
    t.equal((await fresh.head(key))?.sizeBytes, bytes.length, 'an answer that broke off is asked for again')
  })

  t.test('gone in the middle of an upload: an error that says so, and nothing is stored', async (t) => {
    const line = await faultyLine(t, server.endpoint)
    const store = open({ endpoint: line.endpoint })
    const key = `faults/${randomUUID()}`
    line.next.push(...Array.from({ length: 4 }, () => ({ cutUpAfterBytes: 1_000_000 })))
    const error = await store.put(key, content).then(() => undefined, (error: unknown) => error)
    t.type(error, ObjectStoreUnavailable)
    t.match(error, { transient: true, message: /^the object store does not answer as it should: \w+/ })
    t.equal(line.connections, 4, 'four tries')
    t.equal(await direct.head(key), undefined)
    t.same((await direct.list('faults/')).objects.filter((each) => each.key === key), [])
  })

  t.test('gone in the middle of a download: the body ends with an error and never early', async (t) => {
    const line = await faultyLine(t, server.endpoint)
    const store = open({ endpoint: line.endpoint })
    const key = `faults/${randomUUID()}`
    await direct.put(key, content)
    line.next.push({ cutDownAfterBytes: 1_000_000 })
    const { body } = await store.get(key)
    await t.rejects(buffer(body), { name: 'ObjectStoreUnavailable', transient: true })
  })

  t.test('a server that says nothing is given up', async (t) => {
    const line = await faultyLine(t, server.endpoint)
    const store = open({ endpoint: line.endpoint, idleMs: 200 })
    line.next.push('silent', 'silent', 'silent', 'silent')
    await t.rejects(store.head('faults/none'), { name: 'ObjectStoreUnavailable', transient: true, message: /Timeout/ })
    t.equal(line.connections, 4)
    t.equal(await store.head('faults/none'), undefined, 'and asked again when it speaks')
  })

  t.test('a server that is not there', async (t) => {
    const line = await faultyLine(t, server.endpoint)
    line.stop()
    const store = open({ endpoint: line.endpoint })
    await t.rejects(store.list('faults/'), { name: 'ObjectStoreUnavailable', message: /ECONNREFUSED/ })
  })

  t.test('what does not pass is not tried again, and says what is wrong', async (t) => {
    const outsider = open({ credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' } })
    await t.rejects(outsider.put('faults/a', content), {
      name: 'ObjectStoreUnavailable',
      transient: false,
      message: /403/
    })
    const elsewhere = open({ bucket: `none-${randomUUID()}` })
    await t.rejects(elsewhere.list(''), { transient: false, message: /404 NoSuchBucket/ })
    await t.rejects(elsewhere.get('a/b'), { name: 'ObjectStoreUnavailable', message: /NoSuchBucket/ })
    await t.rejects(elsewhere.put('a/b', content), { transient: false, message: /NoSuchBucket/ })
  })

  t.test('a server that is busy is asked four times', async (t) => {
    let asked = 0
    const busy = createServer((request, response) => {
      asked++
      request.resume()
      response.writeHead(503, { 'content-type': 'application/xml' })
        .end('<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>')
    }).listen(0, '127.0.0.1')
    await once(busy, 'listening')
    t.teardown(() => busy.close())
    const store = open({ endpoint: `http://127.0.0.1:${(busy.address() as AddressInfo).port}` })
    await t.rejects(store.delete('faults/a'), { transient: true, message: /503 SlowDown/ })
    t.equal(asked, 4)
  })
}
