import t from 'tap'
import { harness } from './harness.ts'

const minimal = { name: 'Everything', targets: { resolution: 'PT60M' } }
const pointers = (answer: { body: any }) => answer.body.errors.map((error: { pointer: string }) => error.pointer)

t.test('one row per severity and priority, whatever else it names, where the tenant asks for it', async (t) => {
  const h = await harness(t)
  const one = (await h.call('POST', '/products', { body: { name: 'One' } })).body.id as string
  const settings = async (ifMatch: string, oneRowPerSeverityAndPriority?: boolean) =>
    await h.call('PUT', '/sla-policy-settings', {
      ifMatch,
      body: {
        forbidOverlap: false,
        defaults: {},
        ...(oneRowPerSeverityAndPriority ? { oneRowPerSeverityAndPriority } : {})
      }
    })
  const post = async (body: object) => await h.call('POST', '/sla-rows', { body: { ...minimal, ...body } })
  const [first, second] = [
    await post({ priority: 'P1', severity: 'high' }),
    await post({ priority: 'P1', severity: 'high', productId: one })
  ]
  t.match(await settings('"0"', true), { status: 409, body: { code: 'sla_row_overlaps' } })
  await h.call('PATCH', `/sla-rows/${second.body.id}`, { ifMatch: '"1"', body: { active: false } })
  t.match(await settings('"0"', true), { status: 200, body: { oneRowPerSeverityAndPriority: true } })
  t.match(await post({ priority: 'P1', severity: 'high', productId: one, rank: 7 }), {
    status: 409,
    body: { rowIds: [first.body.id], detail: 'it has the same severity and priority as 1 other active row' }
  })
  t.equal((await post({ priority: 'P1', severity: 'low' })).status, 201)
  t.equal((await post({ priority: 'P1', severity: 'high', kind: 'ola' })).status, 201)
  t.equal((await post({ priority: 'P1' })).status, 201, 'open severity is one of its own')
  t.equal((await post({ priority: 'P1' })).status, 409)
  const file = Buffer.from('name,priority,severity,product,targets.resolution\nX,P1,low,One,1h')
  const answer = await h.send({ url: '/v1/sla-rows/import', file, type: 'text/csv' })
  t.match(answer.json(), { applied: false, refused: 1 }, 'nor by a file')
  t.match(await settings('"1"'), { status: 200, body: { oneRowPerSeverityAndPriority: false } }, 'left out: rows may')
  t.equal((await post({ priority: 'P1' })).status, 201)
})

t.test('defaults per severity with reminders of their own; a fault names its place', async (t) => {
  const { call } = await harness(t)
  const put = async (defaults: object, ifMatch: string) =>
    await call('PUT', '/sla-policy-settings', { ifMatch, body: { forbidOverlap: false, defaults } })
  const reminders = [{ before: 'PT24H' }, { before: 'PT6H', urgent: true }]
  const medium = { targets: { resolution: 'PT48H' }, calendarId: null, reminders }
  t.match(await put({ medium }, '"0"'), { status: 200, body: { defaults: { medium, P0: null, high: null } } })
  const resolve = async (priority: string, severity: string) =>
    (await call('POST', '/agreements/resolve', {
      body: { draft: true, ticket: { type: 'request', priority, severity } }
    })).body
  t.match(await resolve('P1', 'medium'), { origin: 'tenant_default', rowName: 'Default medium', terms: { reminders } })
  t.match(await resolve('P1', 'low'), {
    origin: 'built_in',
    rowName: 'Built-in P1',
    terms: { reminders: [{ percent: 75 }, {}] }
  })
  await put({ medium, P1: { targets: { resolution: 'PT5H' }, calendarId: null } }, '"1"')
  t.match(await resolve('P1', 'medium'), { rowName: 'Default P1' }, 'that of the priority comes first')
  t.same(pointers(await put({ high: { ...medium, reminders: [{ before: 'PT0S' }] }, unknown: medium }, '"2"')), [
    '/defaults/unknown'
  ])
  t.same(pointers(await put({ high: { ...medium, reminders: [{ before: 'PT0S' }] } }, '"2"')), [
    '/defaults/high/reminders/0/before'
  ])
})

t.test('what to look at before publishing', async (t) => {
  const h = await harness(t)
  const make = async (path: string, body: object) => (await h.call('POST', path, { body })).body.id as string
  const [one, two] = [await make('/products', { name: 'One' }), await make('/products', { name: 'Two' })]
  const module = await make('/modules', { productId: one, name: 'M' })
  const post = async (body: object) =>
    (await h.call('POST', '/sla-rows', { body: { ...minimal, ...body } })).body.id as string
  const hidden = await post({ name: 'Hidden', productId: one, priority: 'P1' })
  const shown = await post({ name: 'Shown', productId: one, priority: 'P1', rank: 1 })
  await post({ name: 'Over', productId: two, validTo: '2026-01-01T00:00:00Z' })
  await post({ name: 'Module', moduleId: module })
  await h.call('PATCH', `/modules/${module}`, { ifMatch: '"1"', body: { active: false } })
  const { items, complete } = (await h.call('GET', '/sla-rows/findings')).body
  t.equal(complete, true)
  t.match(items, [
    {
      code: 'shadowed',
      rowId: hidden,
      otherRowIds: [shown],
      message: '"Hidden" can never win: "Shown" always wins before it'
    },
    { code: 'expired', message: /"Over" is over/ },
    { code: 'archived', message: '"Module" names what is archived: "M"' },
    ...['P0', 'P2', 'P3'].map((priority) => ({ code: 'gap', rowId: null, productId: one, priority, severities: [] })),
    ...['P0', 'P1', 'P2', 'P3'].map((priority) => ({ code: 'gap', productId: two, priority }))
  ])
  t.equal(items.length, 10)
  await h.call('DELETE', `/sla-rows/${shown}`, { ifMatch: '"1"' })
  t.notOk(
    (await h.call('GET', '/sla-rows/findings')).body.items.some(({ code }: { code: string }) => code === 'shadowed')
  )
})

t.test('each preset is settings as they can be set', async (t) => {
  for (const { id, settings } of (await (await harness(t)).call('GET', '/sla-policy-presets')).body.items) {
    const { call } = await harness(t)
    const set = await call('PUT', '/sla-policy-settings', { ifMatch: '"0"', body: settings })
    t.match(set, { status: 200, body: settings }, id)
    const ticket = { type: 'complaint', priority: 'P2', severity: 'medium' }
    const { body } = await call('POST', '/agreements/resolve', { body: { draft: true, ticket } })
    t.match(
      body,
      id === 'hospital'
        ? {
          rowName: 'Default medium',
          terms: {
            targets: { resolution: 'PT48H' },
            reminders: [{ before: 'PT24H' }, { before: 'PT6H', urgent: true }]
          }
        }
        : { rowName: 'Default P2', terms: { targets: { first_response: 'PT8H', resolution: 'PT48H' } } }
    )
  }
})
