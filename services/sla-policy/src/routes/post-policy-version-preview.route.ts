import type { Micros } from '@dueline/business-time'
import {
  MetricSchema,
  nullable,
  PolicyEffectSchema,
  AgreementKindSchema,
  AgreementOriginSchema,
  stringEnum,
  Targets,
  Uuid,
  type PolicyEffect
} from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { access } from '../access.ts'
import type { Agreed } from '../domain/agreements.ts'
import { compilePolicy } from '../domain/resolve.ts'
import { previewPublish, movesTicketsMax, type PreviewedMove } from '../agreements/preview.ts'
import { newestVersion, readSettings } from '../store/policy-store.ts'
import { publishableRows } from '../store/sla-row-store.ts'
import { moveKey, type MoveConsequences } from '../upstreams/clock-previews.ts'
import { EffectBody } from './policy-versions.ts'
import { NullableUuid, type RouteDeps } from './route-deps.ts'

const movesListed = 200
const count = Type.Integer({ minimum: 0 })
const AgreedView = nullable(Type.Object({
  origin: AgreementOriginSchema,
  rowId: NullableUuid,
  targets: Targets,
  calendarId: NullableUuid
}, { title: 'AgreedTerms', description: 'What is or would be agreed' }))
const Metrics = nullable(Type.Array(MetricSchema))
const Move = Type.Object({
  ticketId: Uuid,
  number: Type.String(),
  kind: AgreementKindSchema,
  change: stringEnum(['made', 'changed', 'withdrawn']),
  from: AgreedView,
  to: AgreedView,
  breaches: Type.Unsafe<Static<typeof Metrics>>(
    { ...Metrics, description: 'clocks that would be breached at once; null: not counted' }
  ),
  savedBreaches: Type.Unsafe<Static<typeof Metrics>>({
    ...Metrics,
    description: 'breached clocks that would no longer be; null: not counted'
  })
}, { title: 'AgreementMove', description: 'An open ticket whose agreement a publish would change' })
const sumOf = (what: string) =>
  Type.Unsafe<number | null>(
    { ...nullable(count), description: `${what}; null: none could be counted` }
  )
const Answer = Type.Object({
  effect: PolicyEffectSchema,
  version: Type.Integer({ minimum: 1, description: 'the number that the version would get now' }),
  rowCount: count,
  openTickets: count,
  movingTickets: count,
  movesByKind: Type.Object({ sla: count, ola: count, underpinning: count }, {
    title: 'CountByKind',
    description: 'How many of each kind of agreement'
  }),
  breaches: sumOf('clocks that would be breached at once'),
  savedBreaches: sumOf('breached clocks that would no longer be'),
  warningsPassed: sumOf('warnings and reminders whose instants would lie in the past'),
  notices: sumOf('announcements that people would get'),
  uncountedTickets: Type.Integer({
    minimum: 0,
    description:
      `moving tickets that the four numbers do not count: beyond the first ${movesTicketsMax}, or the clock service ` +
      'did not answer in time'
  }),
  moves: Type.Array(Move, { description: `the first ${movesListed}` }),
  complete: Type.Boolean(
    { description: 'false: there are more open tickets than were looked at, or moving tickets that were not counted' }
  )
}, { title: 'PublishPreview', description: 'What a publish would change' })

/** POST /v1/policy-versions/preview: which open tickets a publish would move, and what that would do. */
export function postPolicyVersionPreview (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/policy-versions/preview',
    config: { roles: access.previewPolicyVersion, idempotent: false, answers: { 200: 'What a publish would change' } },
    schema: {
      operationId: 'previewPolicyVersion',
      summary: 'Preview a publish',
      description:
        'Compares the agreement of each open ticket with the one that the SLA table and the defaults would give ' +
        'it now. Also asks the clock service which clocks would be late at once and how many announcements people ' +
        'would get. It stores nothing.',
      tags: ['policy versions'],
      body: Type.Object(EffectBody, { title: 'PublishQuestion', description: 'How the publish would apply' }),
      response: { 200: Answer }
    },
    async handler (request) {
      const { effect } = request.body
      const at = deps.clock.now()
      const {
        version,
        rowCount,
        preview: { moves, complete, ...counts }
      } = await lookAtTickets(deps, request.principal.tenantId, effect, at)
      const { authorization } = request.headers
      const { byMove, sums, countedTickets } = await deps.clockPreviews.ask(
        { policyVersion: version, effect, at, moves, authorization }
      )
      const uncountedTickets = counts.movingTickets - countedTickets
      return {
        effect,
        version,
        rowCount,
        ...counts,
        ...(sums ?? { breaches: null, savedBreaches: null, warningsPassed: null, notices: null }),
        uncountedTickets,
        moves: moves.slice(0, movesListed).map(
          (move) => moveToWire(move, byMove.get(moveKey(move.ticket.id, move.entry.kind)))
        ),
        complete: complete && uncountedTickets === 0
      }
    }
  })
}

/** In one snapshot, which is over before anybody else is asked. */
async function lookAtTickets ({ database, cache }: RouteDeps, tenantId: string, effect: PolicyEffect, at: Micros) {
  return await database.forTenant(tenantId).tx(async (tx) => {
    await tx.$client.query('set transaction isolation level repeatable read read only')
    const rows = await publishableRows(tx, tenantId)
    const { defaults } = await readSettings(tx, tenantId)
    const version = await newestVersion(tx, tenantId) + 1
    const policy = compilePolicy({ version, rows, defaults })
    return {
      version,
      rowCount: rows.length,
      preview: await previewPublish(tx, cache, { tenantId, policy, effect, at })
    }
  })
}

function moveToWire (
  { ticket, type, entry, before }: PreviewedMove,
  consequences: MoveConsequences | undefined
): Static<typeof Move> {
  return {
    ticketId: ticket.id,
    number: ticket.number,
    kind: entry.kind,
    change: type,
    from: agreedToWire(before),
    to: agreedToWire(entry.agreed),
    breaches: consequences === undefined ? null : [...consequences.breaches],
    savedBreaches: consequences === undefined ? null : [...consequences.savedBreaches]
  }
}

function agreedToWire (agreed: Agreed | null): Static<typeof AgreedView> {
  if (agreed === null) return null
  const { origin, rowId, terms: { targets, calendarId } } = agreed
  return { origin, rowId, targets, calendarId }
}
