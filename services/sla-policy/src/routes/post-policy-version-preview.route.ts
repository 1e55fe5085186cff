import { nullable, PolicyEffectSchema, PromiseKindSchema, stringEnum, Targets, Uuid } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type, type Static } from 'typebox'
import type { Agreed } from '../domain/agreements.ts'
import { compilePolicy } from '../domain/resolve.ts'
import { previewPublish, type PreviewedMove } from '../promises/preview.ts'
import { newestVersion, readSettings } from '../store/policy-store.ts'
import { publishableRows } from '../store/sla-row-store.ts'
import { EffectBody } from './policy-versions.ts'
import { editors, NullableUuid, type RouteDeps } from './route-deps.ts'

const movesListed = 200
const count = Type.Integer({ minimum: 0 })
const Promised = nullable(
  Type.Object(
    {
      origin: stringEnum(['row', 'tenant_default', 'built_in']), rowId: NullableUuid, targets: Targets,
      calendarId: NullableUuid
    }
  )
)
const Move = Type.Object({
  ticketId: Uuid,
  number: Type.String(),
  kind: PromiseKindSchema,
  change: stringEnum(['made', 'changed', 'withdrawn']),
  from: Promised,
  to: Promised
})
const Answer = Type.Object({
  effect: PolicyEffectSchema,
  version: Type.Integer({ minimum: 1, description: 'the number that the version would get now' }),
  rowCount: count,
  openTickets: count,
  movingTickets: count,
  movesByKind: Type.Object({ sla: count, ola: count, underpinning: count }),
  moves: Type.Array(Move, { description: `the first ${movesListed}` }),
  complete: Type.Boolean({ description: 'false: there are more open tickets than were looked at' })
})

/** POST /v1/policy-versions/preview: which open tickets a publish would move. */
export function postPolicyVersionPreview (app: App, { database, cache, clock }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/policy-versions/preview',
    config: { roles: editors, idempotent: false },
    schema: {
      operationId: 'postPolicyVersionPreview',
      summary: 'See what a publish would do',
      description: 'Compares every open ticket\'s promise with what the SLA table and the defaults would give it now. Writes nothing.',
      tags: ['policy versions'],
      body: Type.Object(EffectBody),
      response: { 200: Answer }
    },
    async handler (request) {
      const { effect } = request.body
      return await database.tenantTx(request.principal.tenantId, async (tx) => {
        // one snapshot for the whole look
        await tx.$client.query('set transaction isolation level repeatable read read only')
        const { tenantId } = tx
        const rows = await publishableRows(tx, tenantId)
        const { defaults } = await readSettings(tx, tenantId)
        const version = await newestVersion(tx, tenantId) + 1
        const { moves, ...counts } = await previewPublish(
          tx, cache, { tenantId, policy: compilePolicy({ version, rows, defaults }), effect, at: clock.now() }
        )
        return { effect, version, rowCount: rows.length, ...counts, moves: moves.slice(0, movesListed).map(moveToWire) }
      })
    }
  })
}

function moveToWire ({ ticket, type, entry, before }: PreviewedMove): Static<typeof Move> {
  return {
    ticketId: ticket.id, number: ticket.number, kind: entry.kind, change: type, from: promisedToWire(before),
    to: promisedToWire(entry.agreed)
  }
}

function promisedToWire (promised: Agreed | null): Static<typeof Promised> {
  if (promised === null) return null
  const { origin, rowId, terms: { targets, calendarId } } = promised
  return { origin, rowId, targets, calendarId }
}
