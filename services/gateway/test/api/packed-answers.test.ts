import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { bearer, document, gateway, readAll, serve } from './running-gateway.ts'

const long = JSON.stringify({ items: Array.from({ length: 500 }, (_, index) => `item ${index}`) })
const short = JSON.stringify({ items: [] })

interface Raw {
  status: number | undefined
  headers: Record<string, unknown>
  body: Buffer
}

/** As it comes over the wire: `fetch` unpacks. */
async function get (url: string, headers: Record<string, string>, method = 'GET'): Promise<Raw> {
  return await new Promise((resolve, reject) => {
    request(url, { method, headers: { ...bearer, ...headers } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on(
        'end',
        () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) })
      )
    }).on('error', reject).end()
  })
}

t.test('answers from 4 KiB on are packed as their caller takes them, unless they hold a secret', async (t) => {
  const ticket = await serve(t, (asked, answer) => {
    readAll(asked).then(() => {
      answer.setHeader('content-type', 'application/json; charset=utf-8')
      answer.setHeader('etag', '"7"')
      answer.end(asked.url === '/v1/tickets/short' ? short : long)
    }, () => answer.destroy())
  })
  const paths = structuredClone(document.paths)
  Object.assign(paths['/v1/surveys/{token}']!['get'] as object, { 'x-secret': true })
  const { url } = await gateway(t, { ticket }, {}, { ...document, paths })
  const zipped = await get(`${url}/v1/tickets`, { 'accept-encoding': 'gzip' })
  t.match(zipped.headers, { 'content-encoding': 'gzip', etag: 'W/"7"', vary: 'accept-encoding' })
  t.equal(gunzipSync(zipped.body).toString(), long)
  t.ok(zipped.body.length < long.length / 3, `${zipped.body.length} of ${long.length} bytes`)
  const best = await get(`${url}/v1/tickets`, { 'accept-encoding': 'gzip, br' })
  t.equal(brotliDecompressSync(best.body).toString(), long)
  const plain = [
    await get(`${url}/v1/tickets`, {}),
    await get(`${url}/v1/tickets`, { 'accept-encoding': 'gzip;q=0, identity' }),
    await get(`${url}/v1/surveys/x`, { 'accept-encoding': 'gzip' })
  ]
  for (const { headers, body } of plain) {
    t.equal(headers['content-encoding'], undefined)
    t.equal(headers['etag'], '"7"')
    t.equal(body.toString(), long)
  }
  const small = await get(`${url}/v1/tickets/short`, { 'accept-encoding': 'gzip' })
  t.match([small.headers['content-encoding'], small.body.toString()], [undefined, short])
  const known = await get(`${url}/v1/tickets`, { 'accept-encoding': 'gzip', 'if-none-match': 'W/"7"' })
  t.match([known.status, known.body.length], [304, 0])
})

t.test('documents are packed once, and not sent to whom has them', async (t) => {
  const big = { ...document, 'x-more': long }
  const { url } = await gateway(t, {}, {}, big)
  const answer = await get(`${url}/openapi.json`, { 'accept-encoding': 'br' })
  t.same(JSON.parse(brotliDecompressSync(answer.body).toString()), big)
  const { etag } = answer.headers as { etag: string }
  const again = await get(`${url}/openapi.json`, { 'accept-encoding': 'br', 'if-none-match': etag })
  t.match([again.status, again.body.length], [304, 0])
  const head = await get(`${url}/openapi.json`, { 'accept-encoding': 'br' }, 'HEAD')
  t.match(head, { status: 200, headers: { etag, 'content-encoding': 'br' } })
  t.equal(head.body.length, 0)
})

t.test('the type of a problem and the id of an event schema lead somewhere', async (t) => {
  const problems = { not_found: { status: 404, title: 'There is no such thing', description: 'It does not exist.' } }
  const { url } = await gateway(t, {}, {}, { ...document, 'x-problems': problems })
  const refusal = await (await fetch(`${url}/v1/nothing`)).json() as { type: string }
  const page = await fetch(new URL(refusal.type, url))
  t.same(await page.json(), { code: 'not_found', ...problems.not_found })
  const type = 'dueline.clock.breached.v1'
  const schema = await (await fetch(`${url}/events/${type}.schema.json`)).json() as Record<string, unknown>
  t.match(schema, { $id: `/events/${type}.schema.json`, properties: { type: { const: type } } })
  t.equal((await fetch(`${url}/problems/nothing`)).status, 404)
})
