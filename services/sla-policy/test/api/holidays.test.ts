import t from 'tap'
import { harness } from './harness.ts'

t.test('holidays are suggested by country and region, and fit a calendar', async (t) => {
  const { call } = await harness(t)
  const saudi = await call('GET', '/holidays?country=SA&year=2026&language=en')
  t.match(saudi, { status: 200, body: { source: /^date-holidays/ } })
  t.same(
    saudi.body.items.map(({ dates, expected }: { dates: string[], expected: boolean }) =>
      `${dates.join(' ')}${expected ? ' expected' : ''}`
    ),
    [
      '2026-02-22',
      '2026-03-19 2026-03-20 2026-03-21 2026-03-22 expected',
      '2026-05-26 2026-05-27 2026-05-28 2026-05-29 expected',
      '2026-09-23'
    ]
  )
  const holidays = saudi.body.items.flatMap(({ dates }: { dates: string[] }) => dates)
  const spec = { timezone: 'Asia/Riyadh', weekly: { sun: [['09:00', '17:00']] }, holidays }
  t.equal((await call('POST', '/calendars', { body: { name: 'Riyadh', spec } })).status, 201)

  const namesOf = async (query: string): Promise<string[]> =>
    (await call('GET', `/holidays?year=2026&${query}`)).body.items.map(({ name }: { name: string }) => name)
  t.ok((await namesOf('country=DE&region=BY&language=de')).includes('Fronleichnam'))
  t.notOk((await namesOf('country=DE&region=BE&language=de')).includes('Fronleichnam'))
  t.ok((await namesOf('country=SA&language=ar')).includes('عيد الفطر'))
})

t.test('what is not known is refused, and never answered with no holidays', async (t) => {
  const { call } = await harness(t)
  for (
    const [query, parameter] of [
      ['country=KW&year=2026', 'country'],
      ['country=XX&year=2026', 'country'],
      ['country=DE&region=XX&year=2026', 'region'],
      ['country=DE&region=constructor&year=2026', 'region'],
      ['country=SA&region=01&year=2026', 'region'],
      ['country=sa&year=2026', 'country'],
      ['country=SA&year=2077', 'year'],
      ['country=SA', 'year'],
      ['country=SA&year=2026&language=english', 'language']
    ] as const
  ) {
    const { status, body } = await call('GET', `/holidays?${query}`)
    t.match({ status, body }, { status: 400, body: { errors: [{ in: 'query', pointer: `/${parameter}` }] } }, query)
  }
  for (const country of ['KW', 'Saudi']) {
    t.match((await call('GET', `/holidays?country=${country}&year=2026`)).body.errors, [
      { message: 'must be two capital letters, a country of GET /v1/holiday-countries' }
    ])
  }
  const { items } = (await call('GET', '/holiday-countries?language=en')).body
  const codes = items.map(({ code }: { code: string }) => code)
  t.ok(codes.includes('SA') && !codes.includes('KW'))
  const germany = items.find(({ code }: { code: string }) => code === 'DE')
  t.match(germany, { name: 'Germany', regions: [] })
  t.equal(germany.regions.length, 16)
})
