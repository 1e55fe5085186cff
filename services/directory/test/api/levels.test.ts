import t from 'tap'
import { faultsOf, startDirectory } from './harness.ts'

t.test('a tenant has the built-in levels, then a preset, then its own', async (t) => {
  const { call, outbox } = await startDirectory(t)
  const first = await call('GET', '/levels', { as: 'agent' })
  t.match(first, { status: 200, etag: '"0"', body: { version: 0, updatedAt: null } })
  t.same(first.body.levels.map(({ name }: { name: string }) => name), [
    'Customer',
    'Support executive',
    'Manager',
    'CEO'
  ])
  const hospital = await call('PUT', '/levels', { body: { preset: 'hospital' }, ifMatch: '"0"' })
  t.match(hospital, { status: 200, etag: '"1"', body: { version: 1 } })
  const [, preset] = (await call('GET', '/levels/presets')).body.items
  t.same(hospital.body.levels, preset.levels)
  t.match(await call('PUT', '/levels', { body: { preset: 'hospital' }, ifMatch: '"1"' }), { etag: '"1"' })
  t.match(await call('PUT', '/levels', { body: { preset: 'hospital' }, ifMatch: '"0"' }), { status: 412, etag: '"1"' })
  const levels = [
    { key: 'agent', name: ' Agent ', role: 'agent' },
    { key: 'supervisor', name: 'مشرف', role: 'manager' },
    { key: 'manager', name: 'Manager', role: 'manager' },
    { key: 'director', name: 'Director', role: 'ceo' }
  ]
  const own = await call('PUT', '/levels', { body: { levels }, ifMatch: '"1"' })
  t.match(own.body, { version: 2, levels: [{ ...levels[0], name: 'Agent' }, ...levels.slice(1)] })
  t.same((await call('GET', '/levels')).body, own.body)
  t.match((await call('GET', '/levels', { tenant: 'globex' })).body, { version: 0 }, 'of another tenant')
  t.same((await outbox()).map(({ type, sequence, data }) => [type, sequence, data.levels.length]), [
    ['dueline.levels.changed.v1', 1, 6],
    ['dueline.levels.changed.v1', 2, 4]
  ])
})

t.test('levels that clash, or are none, are refused', async (t) => {
  const { call } = await startDirectory(t)
  const put = async (body: object) => await call('PUT', '/levels', { body, ifMatch: '*' })
  const agent = { key: 'agent', name: 'Agent', role: 'agent' }
  t.same(faultsOf(await put({ levels: [agent, { ...agent, key: 'other', name: 'agent ' }] })), [
    '/levels/1/name is that of level 0 too'
  ])
  t.same(faultsOf(await put({ levels: [{ ...agent, role: 'ceo' }, { ...agent, key: 'b', name: 'B' }] })), [
    '/levels/1/role must not be below ceo, the role of a level before it'
  ])
  for (
    const body of [
      { levels: [] },
      { levels: [{ ...agent, role: 'operator' }] },
      { levels: [{ ...agent, key: 'Two Words' }] },
      { levels: Array.from({ length: 21 }, (_, i) => ({ ...agent, key: `k${i}`, name: `N${i}` })) },
      { preset: 'navy' },
      { preset: 'hospital', levels: [agent] },
      {}
    ]
  ) {
    t.match(await put(body), { status: 400, body: { code: 'validation_failed' } }, JSON.stringify(body).slice(0, 60))
  }
  t.match((await call('GET', '/levels')).body, { version: 0 }, 'nothing was stored')
})

t.test('a level stands for another role only when the role of everybody at it fits', async (t) => {
  const { call, person } = await startDirectory(t)
  const levels = (role: string) => ({ levels: [{ key: 'desk', name: 'Desk', role }] })
  await call('PUT', '/levels', { body: levels('agent'), ifMatch: '*' })
  await person({ level: 'desk' })
  const put = async (role: string) => await call('PUT', '/levels', { body: levels(role), ifMatch: '*' })
  t.match(await put('manager'), {
    status: 400,
    body: { errors: [{ pointer: '/levels/0/role', message: /the role of 1 at it is not/ }] }
  })
  t.equal((await call('GET', '/levels')).body.levels[0].role, 'agent')
  const { body: { items } } = await call('GET', '/people?level=desk')
  await call('PATCH', `/people/${items[0].id}`, { body: { level: null }, ifMatch: '*' })
  t.equal((await put('manager')).status, 200)
})
