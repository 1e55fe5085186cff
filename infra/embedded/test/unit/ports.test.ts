import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { choosePorts } from '../../src/ports.ts'

t.test('given ports follow one another', async (t) => {
  t.same(await choosePorts(8080, 3), [8080, 8081, 8082])
})

t.test('free ports: each once, none that is taken, none that an outgoing connection could get', async (t) => {
  const [after = 0] = await choosePorts(0, 1)
  const taken = createServer().listen(after + 1, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => { taken.close() })
  const ports = (await Promise.all(Array.from({ length: 20 }, async () => await choosePorts(0, 10)))).flat()
  t.equal(new Set([after, ...ports]).size, 201)
  t.notOk(ports.includes((taken.address() as AddressInfo).port))
  t.ok(ports.every((port) => port >= 20_000 && port < 32_000))
})
