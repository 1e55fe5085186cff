import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { startTestPostgres } from '../../src/index.ts'

t.test('a Docker daemon that cannot get the image is as good as none', async (t) => {
  const asked: (string | undefined)[] = []
  const daemon = createServer((request, response) => {
    asked.push(request.url)
    response.statusCode = request.url === '/_ping' ? 200 : 500
    response.end('{"message":"no such host"}')
  }).listen(0, '127.0.0.1')
  await once(daemon, 'listening')
  t.teardown(() => daemon.close())
  const before = { ...process.env }
  t.teardown(() => {
    process.env = before
  })
  process.env.DOCKER_HOST = `tcp://127.0.0.1:${(daemon.address() as AddressInfo).port}`
  process.env.DUELINE_TEST_POSTGRES_URL = ''
  const server = await startTestPostgres()
  t.teardown(server.stop)
  t.equal(server.kind, 'embedded')
  t.ok(asked.length > 1, 'it was asked for more than a sign of life')
})
