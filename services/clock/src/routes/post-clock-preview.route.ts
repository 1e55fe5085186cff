import type { Micros } from '@dueline/business-time'
import {
  Agreement,
  Instant,
  MetricSchema,
  nilUuid,
  nullable,
  AgreementKindSchema,
  Reminder,
  reminderFaults,
  stringEnum,
  targetFaults,
  Uuid,
  existingInstant,
  instantFault
} from '@dueline/contracts'
import { baseErrors, problem, type Fault } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { access } from '../access.ts'
import type { AgreementVersion, Terms } from '../domain/agreements.ts'
import { previewOf, type Preview } from '../domain/preview.ts'
import { termsOf } from '../domain/reading.ts'
import { Slices } from './slices.ts'
import type { TenantCalendars } from '../store/calendar-store.ts'
import { textOf } from '../store/keys.ts'
import { readStoredTickets, type StoredTicket } from '../store/preview-store.ts'
import type { Route } from './route-deps.ts'

/** Who edits agreements. */
const ticketsMax = 500
/** A fold of so many facts takes some tens of milliseconds. */
const factBounds = { perTicket: 5_000, all: 50_000 } as const

const { targets, pauseRules, reopen, nextResponse, calendarId, calendarVersion, ticketVersion } = Agreement.properties
const TermsBody = Type.Object({
  targets,
  pauseRules,
  reminders: Type.Array(
    Reminder,
    { maxItems: 20 }
  ),
  reopen,
  nextResponse,
  calendarId,
  calendarVersion
}, { title: 'TermsToTry', description: 'An agreement that is not made yet' })
const PreviewBody = Type.Object({
  policyVersion: Type.Integer({ minimum: 1, description: 'the version that the policy would get' }),
  effect: stringEnum(['from_now', 'retroactive']),
  terms: Type.Array(
    TermsBody,
    {
      maxItems: 3 * ticketsMax,
      description: 'the agreements to try; tickets name them by their places in this list, from 0'
    }
  ),
  tickets: Type.Array(
    Type.Object({
      ticketId: Uuid,
      agreements: Type.Array(
        Type.Object({
          kind: AgreementKindSchema,
          ticketVersion,
          terms: nullable(Type.Integer({ minimum: 0, description: 'null: there would be no agreement' }))
        }, { title: 'AgreementToTry', description: 'Which of the terms would hold, by their place in the list' }),
        { minItems: 1, maxItems: 3 }
      )
    }, { title: 'TicketToPreview', description: 'A ticket with the agreements to try on it' }),
    { minItems: 1, maxItems: ticketsMax }
  ),
  at: Type.Optional(Instant)
}, { title: 'ClockPreviewQuestion', description: 'Agreements, and the tickets to try them on' })
type PreviewBody = Static<typeof PreviewBody>

const ClockName = Type.Object({ kind: AgreementKindSchema, metric: MetricSchema, cycle: Type.Integer() }, {
  title: 'ClockName',
  description: 'What distinguishes the clocks of a ticket'
})
const count = Type.Integer({ minimum: 0 })
const PreviewAnswer = Type.Object({
  tickets: Type.Array(Type.Object({
    ticketId: Uuid,
    breaches: Type.Array(ClockName, { description: 'clocks that would be breached at once' }),
    savedBreaches: Type.Array(ClockName, { description: 'breached clocks that would no longer be' }),
    warningsPassed: Type.Integer(
      { minimum: 0, description: 'warnings and reminders whose instants would lie in the past' }
    ),
    notices: Type.Integer({ minimum: 0, description: 'announcements that people would get' })
  }, { title: 'TicketPreview', description: 'What would become of the clocks of a ticket' })),
  uncounted: Type.Array(
    Uuid,
    { description: 'tickets that are not known here, have very many facts, or wait for a calendar' }
  ),
  breaches: count,
  savedBreaches: count,
  warningsPassed: count,
  notices: count
}, { title: 'ClockPreview', description: 'What other agreements would do to clocks' })

/** POST /v1/clock-previews: what agreements that are not made yet would do to the clocks of tickets. */
export const postClockPreview: Route = (app, { database, clock, ids, calendars }) => {
  const slices = new Slices()
  app.route({
    method: 'POST',
    url: '/v1/clock-previews',
    config: { roles: access.previewClocks, idempotent: false, answers: { 200: 'The clocks that would change' } },
    schema: {
      operationId: 'previewClocks',
      summary: 'Try other agreements on existing tickets',
      description:
        'Says what other agreements would do to the clocks of up to 500 tickets. It stores nothing. The preview ' +
        'of a publish uses this. `at` is when the agreements would be made: now, if you leave it out.',
      tags: ['clocks'],
      body: PreviewBody,
      response: { 200: PreviewAnswer }
    },
    async handler ({ body, principal: { tenantId } }) {
      const now = clock.now()
      const { added, terms } = readBody(body, now)
      const keys = body.tickets.map(({ ticketId }) => ({ tenantId, ticketId }))
      const { stored, lookup } = await database.forTenant(tenantId).tx(async (tx) => {
        // one snapshot: a clock must not go on between the reading of its row and of its marks
        await tx.$client.query('set transaction isolation level repeatable read read only')
        const stored = await readStoredTickets(tx, keys, factBounds)
        const agreed = [...stored.values()].flatMap(({ agreementVersions }) => agreementVersions).flatMap((one) =>
          one.terms ?? []
        )
        const wanted = [...agreed, ...terms].map(({ calendar }) => ({ tenantId, calendar }))
        return { stored, lookup: await calendars.lookup(tx, wanted) }
      })
      return await slices.run(() => answerOf(body, { tenantId, stored, added, lookup, now, newId: () => ids.next() }))
    }
  })
}

interface Reading {
  readonly tenantId: string
  readonly stored: ReadonlyMap<string, StoredTicket>
  /** By the place of the ticket. */
  readonly added: ReadonlyArray<readonly AgreementVersion[]>
  readonly lookup: TenantCalendars
  readonly now: Micros
  readonly newId: () => string
}

type PreviewAnswer = Static<typeof PreviewAnswer>

function* answerOf (
  { tickets }: PreviewBody,
  { tenantId, stored, added, lookup, now, newId }: Reading
): Generator<undefined, PreviewAnswer, undefined> {
  const calendars = lookup(tenantId)
  const isHere = ({ terms }: AgreementVersion): boolean => terms === null || calendars(terms.calendar) !== undefined
  const counted: PreviewAnswer['tickets'] = []
  const uncounted: string[] = []
  for (const [index, { ticketId }] of tickets.entries()) {
    const ticket = stored.get(textOf({ tenantId, ticketId }))
    if (ticket === undefined || ![...ticket.agreementVersions, ...added[index]!].every(isHere)) uncounted.push(ticketId)
    else counted.push(viewOf(ticketId, previewOf({ ...ticket, added: added[index]!, calendars, asOf: now, newId })))
    yield
  }
  const sum = (
    of: (one: PreviewAnswer['tickets'][number]) => number
  ): number => counted.reduce((total, one) => total + of(one), 0)
  return {
    tickets: counted,
    uncounted,
    breaches: sum(({ breaches }) => breaches.length),
    savedBreaches: sum(({ savedBreaches }) => savedBreaches.length),
    warningsPassed: sum(({ warningsPassed }) => warningsPassed),
    notices: sum(({ notices }) => notices)
  }
}

function viewOf (
  ticketId: string,
  { breaches, saved, warningsPassed, notices }: Preview
): PreviewAnswer['tickets'][number] {
  return { ticketId, breaches: [...breaches], savedBreaches: [...saved], warningsPassed, notices }
}

/** After every version that was announced. */
const lastVersion = 2_147_483_647

/** @throws {Problem} 400 with every fault that the schema cannot see, the first hundred */
function readBody (
  { policyVersion, effect, terms, tickets, at }: PreviewBody,
  now: Micros
): { added: AgreementVersion[][], terms: Terms[] } {
  const faults: Fault[] = []
  const fault = (pointer: string, message: string): void => {
    if (faults.length < 100) faults.push({ pointer, message })
  }
  const read = terms.map((one, index): Terms | null => {
    const wrong = [
      ...targetFaults(one.targets, `/terms/${index}/targets`),
      ...reminderFaults(one.reminders, `/terms/${index}/reminders`)
    ]
    for (const { pointer, message } of wrong) fault(pointer, message)
    return wrong.length > 0 ? null : termsOf({ ...one, id: nilUuid, policyVersion, escalationPolicyId: null })
  })
  const existing = at === undefined ? now : existingInstant(at)
  if (existing === null) fault('/at', instantFault)
  const madeAt = existing ?? now
  const added = tickets.map(({ agreements }, index) =>
    agreements.map((agreement, place): AgreementVersion => {
      const beyond = agreement.terms !== null && agreement.terms >= terms.length
      if (beyond) {
        fault(
          `/tickets/${index}/agreements/${place}/terms`,
          `must be the place of one of ${terms.length} terms`
        )
      }
      return {
        kind: agreement.kind,
        version: lastVersion,
        ticketVersion: agreement.ticketVersion,
        policyVersion,
        supersedes: [],
        madeAt,
        effect,
        terms: agreement.terms === null ? null : read[agreement.terms] ?? null
      }
    })
  )
  const ids = tickets.map(({ ticketId }) => ticketId)
  if (new Set(ids).size < ids.length) fault('/tickets', 'must name each ticket once')
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
  return { added, terms: read.filter((one) => one !== null) }
}
