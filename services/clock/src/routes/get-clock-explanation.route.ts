import { formatDuration, formatInstant, isZoneName } from '@dueline/business-time'
import {
  Duration,
  Instant,
  LanguageSchema,
  languages,
  MetricSchema,
  nullable,
  PauseReasonSchema,
  AgreementKindSchema,
  AgreementOriginSchema,
  SignedDuration,
  stringEnum,
  TimeZone,
  Uuid,
  instantText
} from '@dueline/contracts'
import { baseErrors, pathId, problem, type Upstream } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { access, authorize } from '../access.ts'
import { consumedIn, explain, outlineOf, segmentsMax, type Reader } from '../domain/explanation.ts'
import type { MeasuredSegment } from '../domain/measure.ts'
import { readCalendarName } from '../store/calendar-store.ts'
import { readHistory } from '../store/clock-history.ts'
import { findClock } from './clock-view.ts'
import type { Route } from './route-deps.ts'

const Span = Type.Object({
  from: Instant,
  to: nullable(Instant),
  state: stringEnum(['running', 'paused', 'met', 'cancelled', 'waived']),
  pausedFor: Type.Array(PauseReasonSchema),
  cause: Type.String(),
  openTime: { ...Duration, description: 'Open time that counted' }
}, { title: 'ClockSegment', description: 'A span in which a clock had one state' })

const Explanation = Type.Object({
  clockId: Uuid,
  asOf: { ...Instant, description: 'The instant it was computed for' },
  metric: MetricSchema,
  agreement: Type.Object({
    id: Uuid,
    kind: AgreementKindSchema,
    origin: AgreementOriginSchema,
    rowId: nullable(Uuid),
    rowName: nullable(Type.String({ description: 'null for customers, as rowId is' })),
    policyVersion: Type.Integer()
  }, { title: 'AgreementReference', description: 'What is agreed' }),
  calendar: nullable(
    Type.Object({
      id: Uuid,
      version: Type.Integer(),
      name: nullable(Type.String({ description: 'null for customers' }))
    }, {
      title: 'CalendarReference',
      description: 'null: time counts around the clock'
    })
  ),
  target: Duration,
  extendedBy: { ...Duration, description: 'The part of the target that people added' },
  segmentCount: Type.Integer({ description: 'How many segments there are' }),
  segments: Type.Array(Span, {
    description: `Of more than ${segmentsMax} the first and last ${segmentsMax / 2}: the ledger has all of them`
  }),
  consumed: Duration,
  remaining: SignedDuration,
  dueAt: nullable(Instant),
  breachedAt: nullable(Instant),
  language: LanguageSchema,
  timeZone: Type.String({ description: 'IANA time zone of the instants in lines; all others are in UTC' }),
  lines: Type.Array(Type.String(), { description: 'The same in sentences, for people' })
}, { title: 'ClockExplanation', description: 'How the deadline of a clock came about' })

const Query = Type.Object({
  timeZone: Type.Optional({
    ...TimeZone,
    description: 'IANA name of the zone for instants in lines; unless given your own, else that of the calendar, or UTC'
  }),
  language: Type.Optional(
    stringEnum(languages, { description: 'Language of lines; unless given your own, else English' })
  )
})

function spanOf ({ from, to, state, reasons, cause, consumed }: MeasuredSegment): Static<typeof Span> {
  const openTime = formatDuration(consumed)
  return { from: formatInstant(from), to: instantText(to), state, pausedFor: [...reasons], cause: cause.what, openTime }
}

/** The language and zone of a person, as the directory service knows it. */
interface Me {
  person: Partial<Pick<Static<typeof Explanation>, 'language' | 'timeZone'>> | null
}

function isMe (body: unknown): body is Me {
  return typeof (body as Partial<Me> | null)?.person === 'object'
}

/** What the query leaves open is as the caller's person has it; what nobody can say is left out. */
async function readerFor (
  query: Partial<Reader>,
  authorization: string,
  directory: Upstream | undefined
): Promise<Partial<Reader>> {
  if (directory === undefined || (query.language !== undefined && query.timeZone !== undefined)) return query
  // an explanation in another language is better than none
  const me = await directory.get('/v1/me', authorization, isMe).catch(() => undefined)
  const { language, timeZone } = me?.person ?? {}
  return {
    ...(language === undefined ? {} : { language }),
    ...(typeof timeZone === 'string' && isZoneName(timeZone) ? { timeZone } : {}),
    ...query
  }
}

export const getClockExplanation: Route = (app, { database, clock, calendars, directory }) => {
  app.route({
    method: 'GET',
    url: '/v1/clocks/:clockId/explanation',
    config: { roles: access.explainClock, problems: ['not_found'], answers: { 200: 'The explanation' } },
    schema: {
      operationId: 'explainClock',
      summary: 'Explain the deadline of a clock',
      description:
        'Lists, in words and in numbers, how the target, the calendar, pauses and changes led to the deadline. ' +
        'Customers see that of their own tickets, without the names of rows and calendars.',
      tags: ['clocks'],
      params: pathId('clockId'),
      querystring: Query,
      response: { 200: Explanation }
    },
    async handler ({ params, query, principal, headers }) {
      const { read } = database.forTenant(principal.tenantId)
      if (query.timeZone !== undefined && !isZoneName(query.timeZone)) {
        const message = 'is not a known IANA time zone, such as Europe/Berlin or UTC'
        problem(baseErrors.validation_failed, { faults: [{ in: 'query', pointer: '/timeZone', message }] })
      }
      const { clock: found } = await findClock(read, principal, params.clockId)
      const history = await readHistory(read, calendars, found, clock.now()) ?? problem(baseErrors.not_found)
      const { folded, agreement, asOf } = history
      const { id, version } = folded.calendar
      const reader = await readerFor(query, headers.authorization ?? '', directory)
      const { timeZone = history.calendars(folded.calendar)?.timezone ?? 'UTC', language = 'en' } = reader
      const isNamed = authorize(principal, 'seeNamesOfRules')
      const name = id === null || !isNamed
        ? null
        : await readCalendarName(read, { tenantId: found.tenantId, id, version }) ?? ''
      const { kind, origin, policyVersion } = agreement
      const { rowId, rowName } = isNamed ? agreement : { rowId: null, rowName: null }
      const consumed = consumedIn(folded)
      const { first, last } = outlineOf(folded)
      return {
        clockId: found.id,
        asOf: formatInstant(asOf),
        metric: folded.metric,
        agreement: { id: agreement.id, kind, origin, rowId, rowName, policyVersion },
        calendar: id === null ? null : { id, version, name },
        target: formatDuration(folded.target),
        extendedBy: formatDuration(folded.extended),
        segmentCount: folded.segments.length,
        segments: [...first, ...last].map(spanOf),
        consumed: formatDuration(consumed),
        remaining: formatDuration(folded.target - consumed),
        dueAt: instantText(folded.dueAt),
        breachedAt: instantText(folded.breachedAt),
        language,
        timeZone,
        lines: explain(folded, isNamed ? agreement : null, name, asOf, { language, timeZone })
      }
    }
  })
}
