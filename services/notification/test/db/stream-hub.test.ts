// What holds an open stream to "nothing lost, nothing twice, nobody held up": by its parts, on a feed that is read when
// the test says so.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import { baseErrors, Problem, type Principal } from '@dueline/http'
import { createMetrics, systemClock } from '@dueline/runtime'
import { eventually, silentLogger } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { readerOf } from '../../src/access.ts'
import { createStreamHub } from '../../src/delivery/stream-hub.ts'
import { startNotification } from '../api/harness.ts'
import { breached, event, tenant, who } from '../events.ts'

const principal: Principal = {
  tenantId: tenant,
  personId: who.agent,
  roles: ['agent'],
  subject: 'agent',
  tokenEndsAt: 0
}
/** A program: it has no inbox. */
const program: Principal = { ...principal, personId: 'api-key 0', subject: 'api-key 0', roles: ['integrator'] }

async function startHub (t: Test, again: () => Promise<Principal> = async () => principal) {
  const service = await startNotification(t)
  const metrics = createMetrics('notification')
  const deps = { database: service.database, clock: systemClock, logger: silentLogger, metrics }
  const hub = createStreamHub({ ...deps, max: 100, slowMsMax: 200, askAgainMs: 0 })
  t.teardown(() => hub.stop())
  /** A reader of a stream; it takes what it is sent when `read` is called. */
  function open (after: number, feedEnd: number, { highWaterMark = 1_000_000, caller = principal } = {}) {
    const raw = new PassThrough({ highWaterMark })
    const endsAt = Number.MAX_SAFE_INTEGER
    const stream = { principal: caller, again, reader: readerOf(caller), personRole: undefined, filter: {} }
    hub.open({ ...stream, after, feedEnd, endsAt, raw: raw as unknown as ServerResponse })
    let text = ''
    return {
      raw,
      read: () => raw.on('data', (chunk: Buffer) => (text += String(chunk))),
      text: () => text,
      ids: () => [...text.matchAll(/^data: .*?"id":"([^"]+)"/gm)].map(([, id]) => id)
    }
  }
  return { ...service, hub, metrics, open }
}

t.test('who comes while the feed is read further gets nothing that was there before, and nothing twice', async (t) => {
  const { deliver, hub, open } = await startHub(t)
  const events = Array.from({ length: 5 }, () => event('dueline.ticket.created.v1'))
  const early = open(0, 0)
  await deliver(...events.slice(0, 3))
  const [late, back] = [open(3, 3), open(1, 3)]
  for (const each of [early, late, back]) each.read()
  await hub.start()
  await deliver(...events.slice(3))
  hub.grew()
  const ids = events.map(({ id }) => id)
  await eventually(async () => [early, late, back].every((each) => each.ids().includes(ids.at(-1))))
  t.same([early.ids(), late.ids(), back.ids()], [ids, ids.slice(3), ids.slice(1)])
})

t.test('who comes back gets what it missed, once, and then what happens', async (t) => {
  const { deliver, hub, open } = await startHub(t)
  // more than is read at once
  const before = Array.from({ length: 450 }, () => event('dueline.ticket.created.v1'))
  const after = event('dueline.ticket.created.v1')
  await deliver(...before)
  const back = open(1, before.length)
  back.read()
  await hub.start()
  await deliver(after)
  hub.grew()
  await eventually(async () => back.ids().includes(after.id))
  t.same(back.ids(), [...before.slice(1), after].map(({ id }) => id))
})

t.test('a reader that takes nothing holds up nobody and is cut; one that is slow gets all of it', async (t) => {
  const { deliver, hub, open, metrics } = await startHub(t)
  await hub.start()
  // the slow one has to take each write before the next
  const [quick, slow, dead] = [open(0, 0), open(0, 0, { highWaterMark: 1 }), open(0, 0, { highWaterMark: 2_000 })]
  quick.read()
  slow.read()
  const events = Array.from({ length: 30 }, () => breached()).map((each) => ({ ...each, id: crypto.randomUUID() }))
  const ids = events.map(({ id }) => id)
  for (const each of events) await deliver(each)
  hub.grew()
  await eventually(async () => quick.ids().length === ids.length)
  t.same(quick.ids(), ids)
  t.ok(dead.raw.writableLength < 10_000, 'what waits for a reader is bounded')
  await eventually(async () => slow.ids().length === ids.length)
  t.same(slow.ids(), ids)
  await eventually(async () => /streams_ended_total\{reason="too_slow".*\} 1/.test(await metrics.text()))
  dead.read()
  await once(dead.raw, 'end')
  t.match(dead.text(), /event: stream-ended\ndata: \{"reason":"too_slow"\}/)
  t.notMatch(quick.text(), /stream-ended/)
})

for (const caller of [principal, program]) {
  t.test(`the stream of ${caller.subject} ends when it is refused; nobody to ask ends nothing`, async (t) => {
    const says: { fault: Error | null, times: number } = { fault: new Problem(baseErrors.unavailable), times: 0 }
    const { hub, open } = await startHub(t, async () => {
      says.times++
      if (says.fault !== null) throw says.fault
      return caller
    })
    await hub.start()
    const stream = open(0, 0, { caller })
    stream.read()
    const asked = async (more: number) => {
      const before = says.times
      await eventually(async () => says.times >= before + more)
    }
    await asked(2)
    says.fault = null
    await asked(2)
    t.notMatch(stream.text(), /stream-ended/)
    says.fault = new Problem(baseErrors.person_unknown)
    await once(stream.raw, 'end')
    t.match(stream.text(), /event: stream-ended\ndata: \{"reason":"access_withdrawn"\}/)
  })
}
