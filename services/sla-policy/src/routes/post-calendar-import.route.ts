import { formatInstant } from '@dueline/business-time'
import { stringEnum } from '@dueline/contracts'
import { baseErrors, etagOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { Type, type Static } from 'typebox'
import { access } from '../access.ts'
import type { PlannedImport } from '../ics/plan-import.ts'
import { insertCalendarVersion, lockCalendar, type VersionedCalendar } from '../store/calendar-store.ts'
import { checkSpec, publishedEvent } from './calendars.ts'
import { refuseFaults, type RouteDeps } from './route-deps.ts'
import { ChangeOptions } from './table-changes.ts'

/** Most bytes of a file. */
const bytesMax = 4 * 1024 * 1024
const yearsAhead = 5
const yearsMax = 20

const date = Type.String({ format: 'date', examples: ['2027-01-01'] })
const asked = (description: string) => Type.Optional(Type.String({ format: 'date', description }))
const count = Type.Integer({ minimum: 0 })
const ImportedEvent = Type.Object({
  uid: Type.String({ description: 'the `UID` of the event' }),
  title: Type.String({ description: 'its `SUMMARY`' }),
  result: stringEnum(['added', 'unchanged', 'skipped', 'refused'], {
    description: 'added: it closes what the calendar had open; unchanged: the calendar closes all of it already; ' +
      'skipped: it closes nothing (cancelled, free, or outside of `from` and `to`); refused: it cannot be taken'
  }),
  holidays: Type.Array(date, { description: 'dates that it adds to `holidays`' }),
  yearlyHolidays: Type.Array(Type.String({ examples: ['12-25'] }), {
    description: 'days that it adds to `yearlyHolidays`: it falls on one day of every year, without end'
  }),
  breaks: Type.Array(
    Type.Object({ date, from: Type.String(), to: Type.String() }, {
      title: 'ImportedBreak',
      description: 'A part of a date that it closes, in the zone of the calendar; `to` is exclusive'
    }),
    { description: 'what it adds to `breaks`' }
  ),
  notes: Type.Array(Type.String(), { description: 'how it was read, where that is not plain' }),
  reason: Type.Union([Type.String(), Type.Null()], { description: 'why it is skipped or refused' })
}, { title: 'ImportedEvent', description: 'What comes of one event of a file' })

const CalendarImport = Type.Object({
  applied: Type.Boolean({ description: 'false: nothing was stored, as a dry run or because an event was refused' }),
  version: Type.Integer({ minimum: 1, description: 'the version of the calendar now; the same where nothing changed' }),
  from: Type.String({ ...date, description: 'the first local date that was taken' }),
  to: Type.String({ ...date, description: 'the last local date that was taken' }),
  added: count,
  unchanged: count,
  skipped: count,
  refused: count,
  events: Type.Array(ImportedEvent)
}, { title: 'CalendarImport', description: 'What came of a file of events, event by event' })

const description = 'A file of at most 4 MiB and 5,000 events (RFC 5545), as Outlook, Google and Apple publish ' +
  'calendars of holidays. Whole days become `holidays`, those of every year without end `yearlyHolidays`, times ' +
  '`breaks`; what the calendar has stays. Look at it with `dryRun` first; taking it makes a new version and needs ' +
  '`If-Match`. Zones are named as IANA or Windows name them; an event of another zone is refused.'

const ImportQuery = Type.Object({
  ...ChangeOptions,
  from: asked('the first local date to take; today when not given'),
  to: asked(
    `the last local date to take, at most ${yearsMax} years after \`from\`; ${yearsAhead} years after it when not given`
  )
})
const problems = [
  'validation_failed',
  'not_found',
  'payload_too_large',
  'unsupported_media_type',
  'precondition_failed',
  'precondition_required'
] as const

/** POST /v1/calendars/{calendarId}/import; in a scope of its own, because only here a body is such a file. */
export function postCalendarImport (app: App, deps: RouteDeps): void {
  app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'text/calendar',
      { parseAs: 'buffer', bodyLimit: bytesMax },
      (_request, body, done) => done(null, body)
    )
    scope.route({
      method: 'POST',
      url: '/v1/calendars/:calendarId/import',
      bodyLimit: bytesMax,
      config: {
        roles: access.importCalendar,
        problems: [...problems],
        rawBody: true,
        etag: true,
        answers: { 200: 'What came of each event' }
      },
      schema: {
        operationId: 'importCalendar',
        summary: 'Import holidays and closings into a calendar',
        description,
        tags: ['calendars'],
        consumes: ['text/calendar'],
        params: pathId('calendarId'),
        querystring: ImportQuery,
        body: Type.Unsafe<Buffer>({ description: 'The file' }),
        response: { 200: CalendarImport }
      },
      async handler (request, reply) {
        const { dryRun = false, mode = 'all_or_nothing', ...dates } = request.query
        // with the libraries that read such files
        const { planImport } = await import('../ics/plan-import.ts')
        return await write(request, reply, deps.database, async (tx) => {
          const before = await lockCalendar(tx, request.params.calendarId) ?? problem(baseErrors.not_found)
          if (!dryRun) requireIfMatch(request, before.version)
          const range = rangeOf(dates, formatInstant(deps.clock.now()).slice(0, 10))
          const planned = planImport(request.body, before.spec, range)
          const counts = countsOf(planned)
          const applied = !dryRun && (mode === 'good_rows' || counts.refused === 0)
          checkSpec(planned.spec)
          const { version } = applied && counts.added > 0
            ? await publish(tx, deps, before, planned, request.principal.personId)
            : before
          const body = { applied, version, ...range, ...counts, events: planned.events }
          return { status: 200, body, headers: { etag: etagOf(version) } }
        })
      }
    })
  })
}

async function publish (
  tx: TenantTx,
  deps: RouteDeps,
  { id }: VersionedCalendar,
  { spec }: PlannedImport,
  by: string
): Promise<VersionedCalendar> {
  const made = await insertCalendarVersion(tx, { id, spec, at: deps.clock.now(), by })
  if (made === undefined) throw new Error(`calendar ${id} is locked and not there`)
  await deps.outbox.add(tx, [publishedEvent(deps, tx.tenantId, made)])
  return made
}

function countsOf (
  { events }: PlannedImport
): Pick<Static<typeof CalendarImport>, PlannedImport['events'][0]['result']> {
  const counts = { added: 0, unchanged: 0, skipped: 0, refused: 0 }
  for (const { result } of events) counts[result]++
  return counts
}

function rangeOf (
  { from, to }: { from?: string, to?: string },
  today: string
): { from: string, to: string } {
  const first = from ?? today
  const last = to ?? yearsAfter(first, yearsAhead)
  if (last < first) refuseFaults([{ in: 'query', pointer: '/to', message: 'is before `from`' }])
  if (last > yearsAfter(first, yearsMax)) {
    refuseFaults([{ in: 'query', pointer: '/to', message: `must be at most ${yearsMax} years after \`from\`` }])
  }
  return { from: first, to: last }
}

/** The date as many years later; the 29th of February is the 28th of a common year. */
function yearsAfter (date: string, years: number): string {
  const year = String(Number(date.slice(0, 4)) + years).padStart(4, '0')
  const isLeap = new Date(`${year}-02-29`).getUTCDate() === 29
  return date.endsWith('02-29') && !isLeap ? `${year}-02-28` : `${year}${date.slice(4)}`
}
