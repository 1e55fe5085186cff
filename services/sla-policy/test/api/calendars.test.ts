import t from 'tap'
import { harness, otherTenant, unknownId } from './harness.ts'

const office = { timezone: 'Europe/Berlin', weekly: { mon: [['09:00', '17:00']], tue: [['09:00', '17:00']] } }

t.test('a calendar has immutable versions, each of which is published whole', async (t) => {
  const { call, drain } = await harness(t)
  const made = await call('POST', '/calendars', { body: { name: 'Office', spec: office } })
  t.match(made, { status: 201, etag: '"1"', body: { name: 'Office', version: 1, spec: office } })
  const path = `/calendars/${made.body.id}`
  const closed = { ...office, holidays: ['2026-03-03'] }
  t.match(
    await call('POST', `${path}/versions`, { body: { spec: closed } }),
    { status: 201, etag: '"2"', body: { version: 2, spec: closed } }
  )
  t.match(await call('GET', path), { status: 200, etag: '"2"', body: { version: 2, spec: closed } })
  const versions = (await call('GET', `${path}/versions?limit=1`)).body
  t.match(versions.items, [{ version: 2, calendarId: made.body.id, spec: closed }])
  t.match(
    (await call('GET', `${path}/versions?cursor=${versions.nextCursor}`)).body,
    { items: [{ version: 1, spec: office }], nextCursor: null }
  )
  t.equal(
    (await call('GET', `${path}/versions?cursor=${Buffer.from('{"version":1e300}').toString('base64url')}`)).status,
    400,
    'a version that no list has'
  )
  t.match(
    (await call('GET', '/calendars')).body,
    { items: [{ id: made.body.id, name: 'Office', version: 2 }], nextCursor: null }
  )
  const events = await drain()
  t.match(
    events,
    [1, 2].map(
      (version) => (
        {
          type: 'dueline.calendar.published.v1',
          subject: `calendar/${made.body.id}`,
          data: { calendar: { id: made.body.id, version, name: 'Office' } }
        }
      )
    )
  )
  t.same(events.map(({ data }) => data.calendar.spec), [office, closed])
  t.equal((await call('GET', path, { tenant: otherTenant })).status, 404)
  t.equal((await call('POST', `${path}/versions`, { body: { spec: office }, tenant: otherTenant })).status, 404)
})

t.test('seasons and holidays of every year count, and their faults are named', async (t) => {
  const { call } = await harness(t)
  const short = { from: '2026-03-02', to: '2026-03-08', weekly: { mon: [['10:00', '15:00']] } }
  const spec = { ...office, seasons: [short], yearlyHolidays: ['03-10'] }
  const made = await call('POST', '/calendars', { body: { name: 'Short', spec } })
  t.match(made, { status: 201, body: { spec } })
  const open = await call('POST', `/calendars/${made.body.id}/diff`, {
    body: { from: '2026-03-01T23:00:00Z', to: '2026-03-11T23:00:00Z' }
  })
  t.equal(open.body.duration, 'PT13H', 'five hours on the Monday of the season, eight on the next, none on the 10th')
  t.match(
    await call('POST', '/calendars', {
      body: { name: 'Faults', spec: { ...office, seasons: [short, short], yearlyHolidays: ['02-30'] } }
    }),
    { status: 400, body: { errors: [{ pointer: '/spec/yearlyHolidays/0' }, { pointer: '/spec/seasons/1' }] } }
  )
})

t.test('names are unique; pages follow each other', async (t) => {
  const { call } = await harness(t)
  for (const name of ['A', 'B', 'C']) await call('POST', '/calendars', { body: { name, spec: office } })
  t.match(
    await call('POST', '/calendars', { body: { name: 'b', spec: office } }),
    { status: 409, body: { code: 'calendar_name_taken' } }
  )
  const page = (await call('GET', '/calendars?limit=2')).body
  t.same(page.items.map((item: { name: string }) => item.name), ['A', 'B'])
  t.same(
    (
      await call('GET', `/calendars?limit=2&cursor=${page.nextCursor}`)
    ).body.items.map((item: { name: string }) => item.name),
    ['C']
  )
  const key = { body: { spec: office }, key: 'v' }
  const { id } = page.items[0]
  t.equal((await call('POST', `/calendars/${id}/versions`, key)).body.version, 2)
  t.equal((await call('POST', `/calendars/${id}/versions`, key)).body.version, 2)
  t.equal(
    (await call('POST', `/calendars/${id}/versions`, { ...key, body: { spec: { ...office, holidays: [] } } })).status,
    409
  )
})

t.test('every fault of a calendar is listed with its place', async (t) => {
  const { call } = await harness(t)
  const faulty = {
    timezone: 'Mars/Olympus',
    weekly: { mon: [['09:00', '09:00'], ['25:00', '17:00']], someday: [] },
    holidays: ['2026-02-30'],
    overrides: { tomorrow: [] },
    colour: 'red'
  }
  const refused = await call('POST', '/calendars', { body: { name: 'X', spec: faulty } })
  t.match(refused, { status: 400, body: { code: 'validation_failed' } })
  const pointers = refused.body.errors.map((error: { pointer: string }) => error.pointer)
  for (
    const pointer of [
      '/spec/timezone',
      '/spec/weekly/mon/0',
      '/spec/weekly/mon/1/from',
      '/spec/weekly/someday',
      '/spec/holidays/0',
      '/spec/overrides/tomorrow',
      '/spec/colour'
    ]
  ) {
    t.ok(pointers.includes(pointer), pointer)
  }
  t.match(
    await call('POST', '/calendars', { body: { name: 'X', spec: 'none' } }),
    { status: 400, body: { errors: [{ pointer: '/spec' }] } }
  )
  t.match(await call('POST', '/calendars', { body: { name: 'X', spec: {} } }), { status: 400 })
  const { body: { id } } = await call('POST', '/calendars', { body: { name: 'X', spec: office } })
  t.match(await call('POST', `/calendars/${id}/versions`, { body: { spec: faulty } }), { status: 400 })
})

t.test('open intervals, adding and measuring', async (t) => {
  const { call } = await harness(t)
  const { body: { id } } = await call('POST', '/calendars', { body: { name: 'Office', spec: office } })
  await call('POST', `/calendars/${id}/versions`, { body: { spec: { ...office, holidays: ['2026-03-02'] } } })
  const week = 'from=2026-03-02T00:00:00Z&to=2026-03-08T00:00:00Z'
  const tuesday = { from: '2026-03-03T08:00:00.000000Z', to: '2026-03-03T16:00:00.000000Z' }
  t.same(
    (await call('GET', `/calendars/${id}/open-intervals?${week}`)).body,
    { version: 2, intervals: [tuesday], nextFrom: null }
  )
  t.match(
    (await call('GET', `/calendars/${id}/open-intervals?${week}&version=1`)).body,
    { version: 1, intervals: [{ from: '2026-03-02T08:00:00.000000Z' }, tuesday] }
  )
  t.same(
    (
      await call(
        'POST',
        `/calendars/${id}/add`,
        { as: 'agent', body: { from: '2026-03-02T15:00:00Z', duration: 'PT2H', version: 1 } }
      )
    ).body,
    { version: 1, at: '2026-03-03T09:00:00.000000Z' }
  )
  t.same(
    (await call('POST', `/calendars/${id}/add`, { body: { from: '2026-03-03T15:00:00Z', duration: 'PT1H' } })).body,
    { version: 2, at: '2026-03-03T16:00:00.000000Z' }
  )
  t.same(
    (
      await call(
        'POST',
        `/calendars/${id}/diff`,
        { body: { from: '2026-03-09T00:00:00Z', to: '2026-03-03T09:30:00Z' } }
      )
    ).body,
    { version: 2, duration: '-PT6H30M' }
  )
  t.equal(
    (
      await call(
        'POST',
        `/calendars/${id}/add`,
        { body: { from: '2026-03-02T15:00:00Z', duration: 'PT2H', version: 3 } }
      )
    ).status,
    404
  )
  t.equal((await call('GET', `/calendars/${unknownId}/open-intervals?${week}`)).status, 404)
})

t.test('bounds of the calculations', async (t) => {
  const { call } = await harness(t)
  const { body: { id } } = await call(
    'POST',
    '/calendars',
    { body: { name: 'Never', spec: { timezone: 'UTC', weekly: {} } } }
  )
  t.same(
    (await call('POST', `/calendars/${id}/add`, { body: { from: '2026-03-02T15:00:00Z', duration: 'PT1S' } })).body,
    { version: 1, at: null }
  )
  t.match(
    await call('POST', `/calendars/${id}/add`, { body: { from: '2026-02-30T15:00:00Z', duration: 'PT1S' } }),
    { status: 400, body: { errors: [{ pointer: '/from' }] } }
  )
  t.match(
    await call('POST', `/calendars/${id}/add`, { body: { from: '2026-02-20T15:00:00Z', duration: 'PT9999999H' } }),
    { status: 400, body: { errors: [{ pointer: '/duration' }] } }
  )
  t.match(
    await call('POST', `/calendars/${id}/diff`, { body: { from: '2026-02-20T15:00:00Z', to: '1969-01-01T00:00:00Z' } }),
    { status: 400, body: { errors: [{ pointer: '/to' }] } }
  )
  for (
    const span of [
      'from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z',
      'from=2026-01-01T00:00:00Z&to=2027-06-01T00:00:00Z'
    ]
  ) {
    t.match(
      await call('GET', `/calendars/${id}/open-intervals?${span}`),
      { status: 400, body: { errors: [{ in: 'query', pointer: '/to' }] } }
    )
  }
  const hours = Array.from(
    { length: 12 },
    (_, hour) => [`${String(2 * hour).padStart(2, '0')}:00`, `${String(2 * hour).padStart(2, '0')}:30`]
  )
  const busy = {
    timezone: 'UTC',
    weekly: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, hours]))
  }
  const { body: { id: second } } = await call('POST', '/calendars', { body: { name: 'Busy', spec: busy } })
  const many = (
    await call('GET', `/calendars/${second}/open-intervals?from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z`)
  ).body
  t.equal(many.intervals.length, 1_000)
  t.equal(many.nextFrom, '2026-03-25T08:00:00.000000Z')
})

t.test('the size of a calendar is bounded, field by field', async (t) => {
  const { call } = await harness(t)
  const dates = (count: number) =>
    Array.from(
      { length: count },
      (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)
    )
  const times = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const hour = String(Math.floor(index / 3)).padStart(2, '0')
      return [`${hour}:${index % 3}0`, `${hour}:${index % 3}5`]
    })
  let name = 0
  const post = async (spec: object) =>
    await call(
      'POST',
      '/calendars',
      { body: { name: `S${++name}`, spec: { ...office, ...spec } } }
    )
  const faultsOf = async (spec: object) =>
    (await post(spec)).body.errors.map(
      ({ pointer, message }: { pointer: string, message: string }) => `${pointer} ${message}`
    )
  for (const field of ['weekly', 'weeklyBreaks'] as const) {
    t.equal((await post({ [field]: { mon: times(48) } })).status, 201, `48 intervals in ${field}`)
    t.same(
      await faultsOf({ [field]: { mon: times(49), tue: times(48) } }),
      [`/spec/${field}/mon must have at most 48 intervals`]
    )
  }
  for (const field of ['overrides', 'breaks'] as const) {
    t.equal((await post({ [field]: { '2026-05-01': times(48) } })).status, 201)
    t.same(
      await faultsOf({ [field]: { '2026-05-01': times(49) } }),
      [`/spec/${field}/2026-05-01 must have at most 48 intervals`]
    )
    t.equal(
      (await post({ [field]: Object.fromEntries(dates(5_000).map((date) => [date, []])) })).status,
      201,
      `5,000 dates in ${field}`
    )
    t.same(
      await faultsOf({ [field]: Object.fromEntries(dates(5_001).map((date) => [date, []])) }),
      [`/spec/${field} must have at most 5000 dates`]
    )
  }
  t.equal((await post({ holidays: dates(5_000) })).status, 201)
  t.same(await faultsOf({ holidays: dates(5_001) }), ['/spec/holidays must have at most 5000 dates'])
  const large = Object.fromEntries(dates(640).map((date) => [date, times(48)]))
  t.same(await faultsOf({ overrides: large }), ['/spec must be at most 500000 bytes as JSON'])
  const many = await post(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`unknown${index}`, 1])))
  t.match(many.body, { detail: 'the request has 5000 faults, the first 100 are listed' })
  t.equal(many.body.errors.length, 100)
})
