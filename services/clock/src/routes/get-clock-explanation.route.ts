import { formatDuration, formatInstant, isZoneName } from '@dueline/business-time'
import {
  LanguageSchema,
  languages,
  MetricSchema,
  nullable,
  PauseReasonSchema,
  AgreementKindSchema,
  AgreementOriginSchema,
  stringEnum,
  TimeZone,
  Uuid,
  instantText
} from '@dueline/contracts'
import { baseErrors, pathId, problem } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { consumedIn, explain, outlineOf, segmentsMax } from '../domain/explanation.ts'
import { readCalendarName } from '../store/calendar-store.ts'
import { readHistory } from '../store/clock-history.ts'
import { findClock } from './clock-view.ts'
import type { Route } from './route-deps.ts'

const Span = Type.Object({
  from: Type.String(),
  to: nullable(Type.String()),
  state: stringEnum(['running', 'paused', 'met', 'cancelled', 'waived']),
  pausedFor: Type.Array(PauseReasonSchema),
  cause: Type.String(),
  openTime: Type.String({ description: 'Open time that counted, as a duration' })
}, { title: 'ClockSegment', description: 'A span in which a clock had one state' })

const Explanation = Type.Object({
  clockId: Uuid,
  asOf: Type.String({ description: 'The instant it was computed for' }),
  metric: MetricSchema,
  agreement: Type.Object({
    id: Uuid,
    kind: AgreementKindSchema,
    origin: AgreementOriginSchema,
    rowId: nullable(Uuid),
    rowName: Type.String(),
    policyVersion: Type.Integer()
  }, { title: 'AgreementReference', description: 'What is agreed' }),
  calendar: nullable(
    Type.Object({ id: Uuid, version: Type.Integer(), name: Type.String() }, {
      title: 'CalendarReference',
      description: 'null: time counts around the clock'
    })
  ),
  target: Type.String(),
  extendedBy: Type.String({ description: 'The part of the target that people added' }),
  segmentCount: Type.Integer({ description: 'How many segments there are' }),
  segments: Type.Array(Span, {
    description: `Of more than ${segmentsMax} the first and last ${segmentsMax / 2}: the ledger has all of them`
  }),
  consumed: Type.String(),
  remaining: Type.String(),
  dueAt: nullable(Type.String()),
  breachedAt: nullable(Type.String()),
  language: LanguageSchema,
  timeZone: Type.String({ description: 'Zone of the instants in lines; all others are in UTC' }),
  lines: Type.Array(Type.String(), { description: 'The same in sentences, for people' })
}, { title: 'ClockExplanation', description: 'How the deadline of a clock came about' })

const Query = Type.Object({
  timeZone: Type.Optional({
    ...TimeZone,
    description: "IANA name of the zone for instants in lines; that of the clock's calendar (or UTC) unless given"
  }),
  language: stringEnum(languages, { default: 'en', description: 'Language of lines' })
})

export const getClockExplanation: Route = (app, { database, clock, calendars }) => {
  app.route({
    method: 'GET',
    url: '/v1/clocks/:clockId/explanation',
    config: { roles: access.explainClock, problems: ['not_found'], answers: { 200: 'The explanation' } },
    schema: {
      operationId: 'explainClock',
      summary: 'Explain the deadline of a clock',
      description:
        'Lists, in words and in numbers, how the target, the calendar, pauses and changes led to the deadline.',
      tags: ['clocks'],
      params: pathId('clockId'),
      querystring: Query,
      response: { 200: Explanation }
    },
    async handler ({ params, query, principal }) {
      const { read } = database.forTenant(principal.tenantId)
      if (query.timeZone !== undefined && !isZoneName(query.timeZone)) {
        const message = 'is not a known IANA time zone, such as Europe/Berlin or UTC'
        problem(baseErrors.validation_failed, { faults: [{ in: 'query', pointer: '/timeZone', message }] })
      }
      const { clock: found } = await findClock(read, principal, params.clockId)
      const history = await readHistory(read, calendars, found, clock.now()) ?? problem(baseErrors.not_found)
      const { folded, agreement, asOf } = history
      const { id, version } = folded.calendar
      const timeZone = query.timeZone ?? history.calendars(folded.calendar)?.timezone ?? 'UTC'
      const { language } = query
      const name = id === null ? null : await readCalendarName(read, { tenantId: found.tenantId, id, version })
      const { kind, origin, rowId, rowName, policyVersion } = agreement
      const consumed = consumedIn(folded)
      const { first, last } = outlineOf(folded)
      return {
        clockId: found.id,
        asOf: formatInstant(asOf),
        metric: folded.metric,
        agreement: { id: agreement.id, kind, origin, rowId, rowName, policyVersion },
        calendar: id === null ? null : { id, version, name: name ?? '' },
        target: formatDuration(folded.target),
        extendedBy: formatDuration(folded.extended),
        segmentCount: folded.segments.length,
        segments: [...first, ...last].map((segment) => ({
          from: formatInstant(segment.from),
          to: instantText(segment.to),
          state: segment.state,
          pausedFor: [...segment.reasons],
          cause: segment.cause.what,
          openTime: formatDuration(segment.consumed)
        })),
        consumed: formatDuration(consumed),
        remaining: formatDuration(folded.target - consumed),
        dueAt: instantText(folded.dueAt),
        breachedAt: instantText(folded.breachedAt),
        language,
        timeZone,
        lines: explain(folded, agreement, name, asOf, { language, timeZone })
      }
    }
  })
}
