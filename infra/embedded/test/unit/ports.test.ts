import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { embeddedServices } from '../../src/services.ts'
import { assertFree, choosePorts, freeRow, portUses } from '../../src/ports.ts'
import { StartFault } from '../../src/start-fault.ts'

/** Begin of rows that no stack and no connection of this machine is given, and no other run of this file. */
const quiet = 10_000 + process.pid % 80 * 100

async function occupy (t: Test, port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}

t.test('given ports follow one another', async (t) => {
  t.same(await choosePorts(8080, 3), [8080, 8081, 8082])
})

t.test('free ports: each once, none that is taken, none that an outgoing connection could get', async (t) => {
  const [after = 0] = await choosePorts(0, 1)
  const taken = await occupy(t, (await freeRow(after + 1, 1)).first)
  const ports = (await Promise.all(Array.from({ length: 20 }, async () => await choosePorts(0, 10)))).flat()
  t.equal(new Set([after, ...ports]).size, 201)
  t.notOk(ports.includes(taken))
  t.ok(ports.every((port) => port >= 20_000 && port < 32_000))
})

t.test('there is a use for each port, in the order in which a stack gives them out', async (t) => {
  t.same(portUses.slice(4), embeddedServices.map(({ name }) => `the ${name} service`))
})

t.test('all ports are looked at first, and those that are taken are named with what they are for', async (t) => {
  const { first } = await freeRow(quiet, portUses.length)
  const ports = await choosePorts(first, portUses.length)
  await assertFree(ports, portUses)
  await occupy(t, first + 2)
  await t.rejects(assertFree(ports, portUses), {
    exitCode: 78,
    message: `the port ${first + 2} (the mail page) is taken: stop what has it, ` +
      'or choose another --port (11 in a row are needed; 0 takes free ones)'
  })
  await occupy(t, first + 6)
  const fault = await assertFree(ports, portUses).catch((error: unknown) => error)
  t.ok(fault instanceof StartFault)
  t.match(
    (fault as StartFault).message,
    `the ports ${first + 2} (the mail page), ${first + 6} (the clock service) are taken: stop what has them`
  )
})

t.test('the first free row, and what was in the way', async (t) => {
  const { first } = await freeRow(quiet, 30)
  await occupy(t, first)
  await occupy(t, first + 10)
  t.same(await freeRow(first, 10), { first: first + 11, taken: first }, 'a gap that is too small is passed over')
  t.same(await freeRow(first + 1, 9), { first: first + 1, taken: undefined })
})
