import { readFileSync } from 'node:fs'
import t from 'tap'
import { harness, otherTenant, unknownId } from './harness.ts'

const office = { timezone: 'Europe/Berlin', weekly: { mon: [['09:00', '17:00']] }, holidays: ['2026-05-01'] }
const outlook = readFileSync(new URL('../files/outlook.ics', import.meta.url), 'utf8')
const type = 'text/calendar; charset=utf-8'

async function calendar (t: Parameters<typeof harness>[0]) {
  const h = await harness(t)
  const made = await h.call('POST', '/calendars', { body: { name: 'Office', spec: office } })
  await h.drain()
  return { ...h, path: `/calendars/${made.body.id}` }
}

t.test('a dry run says what a file would close; taking it makes the next version, once', async (t) => {
  const { call, drain, path } = await calendar(t)
  const dry = await call('POST', `${path}/import?dryRun=true`, { body: outlook, type })
  t.match(dry, {
    status: 200,
    etag: '"1"',
    body: {
      applied: false,
      version: 1,
      from: '2026-03-02',
      to: '2031-03-02',
      added: 2,
      unchanged: 0,
      skipped: 0,
      refused: 1,
      events: [
        { result: 'added', title: 'Day of German Unity', holidays: ['2026-10-03'] },
        { result: 'added', breaks: [{ date: '2026-12-24', from: '12:00', to: '18:00' }, {}, {}] },
        { result: 'refused', reason: /Customized Time Zone/ }
      ]
    }
  })
  t.match(
    await call('POST', `${path}/import`, { body: outlook, type, ifMatch: '"1"' }),
    { status: 200, etag: '"1"', body: { applied: false, version: 1 } },
    'an event that is refused keeps all from being taken'
  )
  t.same((await call('GET', path)).body.spec, office)
  t.same(await drain(), [])
  const good = `${path}/import?mode=good_rows`
  const taken = await call('POST', good, { body: outlook, type, ifMatch: '"1"' })
  t.match(taken, { status: 200, etag: '"2"', body: { applied: true, version: 2, added: 2, refused: 1 } })
  const spec = { ...office, holidays: ['2026-05-01', '2026-10-03'] }
  t.match(await call('GET', path), { etag: '"2"', body: { version: 2, spec } })
  t.match(await drain(), [{ type: 'dueline.calendar.published.v1', data: { calendar: { version: 2, spec } } }])
  t.match(
    await call('POST', good, { body: outlook, type, ifMatch: '"2"' }),
    { status: 200, etag: '"2"', body: { applied: true, version: 2, added: 0, unchanged: 2 } },
    'the same file again makes no version'
  )
  t.same(await drain(), [])
})

t.test('taking needs the version that was seen, and a calendar of the tenant', async (t) => {
  const { call, path } = await calendar(t)
  const body = outlook
  t.equal((await call('POST', `${path}/import`, { body, type })).status, 428)
  await call('POST', `${path}/versions`, { body: { spec: office } })
  t.match(
    await call('POST', `${path}/import?mode=good_rows`, { body, type, ifMatch: '"1"' }),
    { status: 412, etag: '"2"' }
  )
  t.equal((await call('POST', `${path}/import?dryRun=true`, { body, type, tenant: otherTenant })).status, 404)
  t.equal((await call('POST', `/calendars/${unknownId}/import?dryRun=true`, { body, type })).status, 404)
})

t.test('what is no such file, too large, or asked for wrongly is refused', async (t) => {
  const { call, path } = await calendar(t)
  const dry = `${path}/import?dryRun=true`
  t.match(
    await call('POST', dry, { body: '<!DOCTYPE html><title>Sign in</title>', type }),
    { status: 400, body: { code: 'validation_failed', detail: /begins with "<!DOCTYPE html>/ } }
  )
  t.equal((await call('POST', dry, { body: outlook, type: 'text/html' })).status, 415)
  t.equal((await call('POST', dry, { body: 'x'.repeat(4 * 1024 * 1024 + 1), type })).status, 413)
  t.match(
    await call('POST', `${dry}&from=2026-02-01&to=2026-01-01`, { body: outlook, type }),
    { status: 400, body: { errors: [{ in: 'query', pointer: '/to' }] } }
  )
  t.equal((await call('POST', `${dry}&from=2024-02-29&to=2044-02-29`, { body: outlook, type })).status, 200)
  t.match(
    await call('POST', `${dry}&from=2024-02-29&to=2044-03-01`, { body: outlook, type }),
    { status: 400, body: { errors: [{ pointer: '/to', message: /20 years/ }] } }
  )
  const daily = [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'DTSTART:20260302',
    'RRULE:FREQ=DAILY',
    'END:VEVENT',
    'END:VCALENDAR'
  ]
  t.match(
    await call('POST', `${dry}&to=2046-03-01`, { body: daily.join('\n'), type }),
    { status: 400, body: { errors: [{ pointer: '/spec/holidays', message: 'must have at most 5000 dates' }] } },
    'a calendar that would be too large'
  )
})
