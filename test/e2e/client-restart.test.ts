// The public client across the restart of a stack.
import { createClient } from '@dueline/client'
import { arrivals } from '@dueline/testkit'
import t from 'tap'
import { startBalancer } from '../harness/balancer.ts'
import { stackFolder } from '../harness/stack-folder.ts'
import { forkStack } from '../harness/stack-process.ts'

const claims = {
  tenant: 'front-end',
  personId: '01990000-0000-7000-8000-000000000001',
  roles: ['agent' as const, 'admin' as const]
}

t.test('a stack that is killed and comes back: every write is done once, and the stream goes on', async (t) => {
  const folder = await stackFolder(t)
  let stack = await forkStack({ folder, logLevel: 'fatal' })
  t.teardown(() => stack.kill())
  const balancer = await startBalancer()
  t.teardown(() => balancer.close())
  const portOf = (): number => Number(new URL(stack.url).port)
  balancer.add(portOf())
  const client = createClient({
    url: balancer.url,
    token: () => stack.token(claims),
    triesMax: 1_000,
    withinMs: 240_000
  })
  const { data: { id: customerId } } = await client.post('/v1/people', { body: { role: 'customer', name: 'Customer' } })
  const got = arrivals<string>()
  const states = arrivals<string>()
  const leaving = new AbortController()
  const reading = (async () => {
    const types = ['dueline.ticket.created.v1'] as const
    for await (const { event } of client.stream({ types, signal: leaving.signal, onState: states.add })) {
      got.add(event.data.ticket.subject)
    }
  })()
  await states.find((state) => state === 'open')

  const subjects = Array.from({ length: 40 }, (_, i) => `Case ${i}`)
  const writes = subjects.map((subject) => client.post('/v1/tickets', { body: { subject, customerId } }))
  await Promise.race(writes)
  balancer.remove(portOf())
  await stack.kill()
  balancer.cut()
  stack = await forkStack({ folder, logLevel: 'fatal' })
  balancer.add(portOf())
  const answers = await Promise.all(writes)

  const found: string[] = []
  for await (const { subject } of client.paginate('/v1/tickets', { query: { limit: 10 } })) found.push(subject)
  t.same(found.sort(), subjects.toSorted(), 'each once')
  t.same(answers.map(({ data }) => data.subject), subjects)
  const replayed = answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true').length
  t.comment(`${replayed} of ${answers.length} had been done before their answer was lost`)
  await got.atLeast(subjects.length)
  t.same([...got.all].sort(), subjects.toSorted())
  leaving.abort()
  await reading
})
