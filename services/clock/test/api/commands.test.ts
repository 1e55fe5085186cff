import type { Role } from '@dueline/contracts'
import t from 'tap'
import { agentId, other, TestTicket } from '../support/events.ts'
import { HOUR, MINUTE, start, startClock, words } from '../support/harness.ts'

const pauses = { resolution: ['manual', 'waiting_on_customer'] } as const

async function withClock (t: Parameters<typeof startClock>[0]) {
  const world = await startClock(t)
  const ticket = new TestTicket(start)
  await world.receive(
    ticket.created(start),
    ticket.agreement(start, {
      targets: { first_response: 'PT9H', resolution: 'PT4H' },
      pauseRules: { resolution: [...pauses.resolution] }
    })
  )
  const { body } = await world.call('GET', `/clocks?ticketId=${ticket.id}&sort=startedAt`)
  const of = (metric: string): string => body.items.find((item: any) => item.metric === metric).id
  await world.sent()
  const command = async (
    verb: string,
    payload?: object,
    options: { id?: string, roles?: Role[], of?: string, headers?: Record<string, string>, anonymous?: boolean } = {}
  ) =>
    await world.call('POST', `/clocks/${options.id ?? of('resolution')}/${verb}`, {
      roles: ['manager'],
      ...options,
      ...(payload === undefined ? {} : { payload })
    })
  return { ...world, ticket, of, command }
}

t.test('pause and resume', async (t) => {
  const { command, clock, sent, fireUntil, call, of } = await withClock(t)
  clock.set(start + HOUR)
  const paused = await command('pause', { reason: 'parts are on their way', maxDuration: 'PT2H' }, { roles: ['agent'] })
  t.equal(paused.status, 200)
  t.match(paused.body, {
    state: 'paused',
    pausedFor: ['manual'],
    dueAt: null,
    consumed: 'PT1H',
    serverTime: '2026-03-02T09:00:00.000000Z'
  })
  const [announced] = await sent()
  t.match(announced, { type: 'dueline.clock.paused.v1', data: { cause: { kind: 'command', id: String } } })
  t.match((await command('pause', { reason: 'again' })).body, {
    code: 'clock_command_refused',
    state: 'paused',
    detail: 'the clock is paused by hand already'
  })

  clock.set(start + 2 * HOUR)
  const resumed = await command('resume', { reason: 'they came' })
  t.match(resumed.body, { state: 'running', dueAt: '2026-03-02T13:00:00.000000Z' })
  t.same(words(await sent()), ['resolution 1 resumed'])
  t.equal((await command('resume', { reason: 'again' })).status, 409)

  clock.set(start + 2 * HOUR + MINUTE)
  await command('pause', { reason: 'until eleven', until: '2026-03-02T11:00:00Z' })
  await sent()
  clock.set(start + 3 * HOUR + 5000)
  await fireUntil(start + 3 * HOUR + 5000)
  const ended = await sent()
  t.same(words(ended), ['resolution 1 resumed'], 'it ends by itself')
  t.match(ended.at(-1), {
    time: '2026-03-02T11:00:00.000000Z',
    data: { cause: { kind: 'timer' }, clock: { dueAt: '2026-03-02T13:59:00.000000Z' } }
  })
  const { body: ledger } = await call('GET', `/clocks/${of('resolution')}/ledger`)
  t.match(ledger.items.map((line: any) => `${line.state} ${line.cause}`), [
    'running created',
    'paused clock paused',
    'running clock resumed',
    'paused clock paused',
    'running pause ended by itself'
  ])

  t.match((await command('pause', { reason: 'r' }, { id: of('first_response') })).body, {
    code: 'clock_command_refused',
    detail: /does not let/
  })
  await command('pause', { reason: 'as long as by default' })
  t.match((await call('GET', `/clocks/${of('resolution')}`)).body, { state: 'paused' })
})

t.test('extend, waive, recompute', async (t) => {
  const { command, clock, sent, receive, ticket, call, of } = await withClock(t)
  clock.set(start + HOUR)
  t.match((await command('extend', { by: 'PT1H30M', reason: 'agreed by phone', approverId: agentId })).body, {
    target: 'PT5H30M',
    dueAt: '2026-03-02T13:30:00.000000Z'
  })
  t.same(words(await sent()), ['resolution 1 extended'])
  t.match((await call('GET', `/clocks/${of('resolution')}/explanation`)).body, {
    extendedBy: 'PT1H30M',
    target: 'PT5H30M'
  })

  t.match((await command('recompute')).body, { target: 'PT5H30M', state: 'running' })
  t.same(await sent(), [], 'nothing was wrong')

  t.match((await command('waive', { reason: 'the customer agreed' }, { roles: ['ceo'] })).body, {
    state: 'waived',
    stoppedAt: '2026-03-02T09:00:00.000000Z',
    dueAt: '2026-03-02T13:30:00.000000Z'
  })
  t.same(words(await sent()), ['resolution 1 waived'])
  clock.set(start + HOUR + MINUTE)
  await receive(ticket.status(start + HOUR + MINUTE, 'resolved'))
  for (
    const [verb, payload] of [['pause', { reason: 'r' }], ['resume', { reason: 'r' }], ['extend', {
      by: 'PT1H',
      reason: 'r'
    }], ['waive', { reason: 'r' }]] as const
  ) {
    t.match(
      await command(verb, payload),
      { status: 409, body: { code: 'clock_command_refused', state: 'waived' } },
      verb
    )
  }
  t.equal((await command('recompute')).status, 200)
})

t.test('the same key has one effect', async (t) => {
  const { command, call, of } = await withClock(t)
  const headers = { 'idempotency-key': 'key-1' }
  const first = await command('extend', { by: 'PT1H', reason: 'r' }, { headers })
  const again = await command('extend', { by: 'PT1H', reason: 'r' }, { headers })
  t.same(again.body, first.body)
  t.equal((await call('GET', `/clocks/${of('resolution')}`)).body.target, 'PT5H')
  t.match(await command('extend', { by: 'PT2H', reason: 'r' }, { headers }), {
    status: 409,
    body: { code: 'idempotency_key_reused' }
  })
})

t.test('refused requests', async (t) => {
  const { command, clock } = await withClock(t)
  clock.set(start + MINUTE)
  const bodies = {
    pause: { reason: 'r' },
    resume: { reason: 'r' },
    extend: { by: 'PT1H', reason: 'r' },
    waive: { reason: 'r' },
    recompute: undefined
  } as const
  t.test('401, 403, 404', async (t) => {
    for (const [verb, payload] of Object.entries(bodies)) {
      t.equal((await command(verb, payload, { anonymous: true })).status, 401, verb)
      for (const role of ['customer', 'integrator', 'operator', 'sales'] as const) {
        t.equal((await command(verb, payload, { roles: [role] })).status, 403, `${verb} ${role}`)
      }
      t.equal((await command(verb, payload, { of: other })).status, 404, verb)
      t.equal((await command(verb, payload, { id: '01900000-0000-7000-8000-000000000fff' })).status, 404, verb)
    }
    for (const verb of ['extend', 'waive'] as const) {
      t.equal((await command(verb, bodies[verb], { roles: ['agent'] })).status, 403)
    }
    for (const verb of ['pause', 'resume', 'recompute'] as const) {
      t.equal((await command(verb, bodies[verb], { roles: ['ceo'] })).status, 403)
    }
  })
  t.test('400', async (t) => {
    const wrong: [string, object, string][] = [
      ['pause', {}, '/reason'],
      ['pause', { reason: '  ' }, '/reason'],
      ['extend', { reason: 'a\u0000b', by: 'PT1H' }, '/reason'],
      ['waive', { reason: '\ud800' }, '/reason'],
      ['pause', { reason: 'r', until: '2026-03-02T08:01:00Z' }, '/until'],
      ['pause', { reason: 'r', until: '2026-02-31T08:01:00Z' }, '/until'],
      ['pause', { reason: 'r', until: '2027-03-02T08:01:00Z' }, '/until'],
      ['pause', { reason: 'r', until: '2026-03-02T09:00:00Z', maxDuration: 'PT1H' }, '/until'],
      ['pause', { reason: 'r', maxDuration: 'PT0S' }, '/maxDuration'],
      ['pause', { reason: 'r', maxDuration: 'PT721H' }, '/maxDuration'],
      ['pause', { reason: 'r', maxDuration: 'P1D' }, '/maxDuration'],
      ['resume', { reason: 'r', more: 1 }, '/more'],
      ['extend', { reason: 'r' }, '/by'],
      ['extend', { reason: 'r', by: 'PT0S' }, '/by'],
      ['extend', { reason: 'r', by: 'PT1H', approverId: 'me' }, '/approverId'],
      ['waive', {}, '/reason'],
      ['recompute', { now: true }, '']
    ]
    for (const [verb, payload, pointer] of wrong) {
      const { status, body } = await command(verb, payload)
      t.equal(status, 400, `${verb} ${JSON.stringify(payload)}`)
      t.ok(
        body.errors.some((each: any) => each.pointer === pointer),
        `${verb} ${pointer}: ${JSON.stringify(body.errors)}`
      )
    }
  })
})
