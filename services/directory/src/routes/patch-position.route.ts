import { etagOf, pathId, requireIfMatch, write, type App, type Fault } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { access } from '../access.ts'
import { closesCycle } from '../domain/cycle.ts'
import { applied, differs } from '../domain/drafts.ts'
import { lockOrganization, readLevels } from '../store/level-store.ts'
import { findPosition, lineFrom, savePosition, type Position } from '../store/position-store.ts'
import { checkMentions, eventFrame, refuse } from './aggregates.ts'
import { PositionPatch, PositionSchema, positionView, requirePerson } from './positions.ts'
import type { RouteDeps } from './route-deps.ts'
import { units } from './units.ts'

/** PATCH /v1/people/{personId}/position */
export function patchPosition (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/people/:personId/position',
    config: { roles: access.updatePosition, problems: ['precondition_required', 'precondition_failed'] },
    schema: {
      operationId: 'updatePosition',
      summary: 'Say where a person stands',
      description:
        'To whom the person reports, at which level it is, and to which unit it belongs. A reporting line that would ' +
        'lead back to the person is refused, whoever else changes lines at the same time.',
      tags: ['organization'],
      params: pathId('personId'),
      body: PositionPatch,
      response: { 200: PositionSchema }
    },
    handler: async (request, reply) => {
      const { principal: { tenantId }, params: { personId }, body } = request
      await requirePerson(request, deps, personId)
      const { managerId } = body
      // who owns people may have to be asked over HTTP: not while anything is locked
      if (managerId != null) {
        await checkMentions(request, deps, [{ pointer: '/managerId', kind: 'staff', id: managerId }])
      }
      return await write(request, reply, deps.database, async (tx) => {
        await lockOrganization(tx)
        const before = await findPosition(tx, tenantId, personId)
        requireIfMatch(request, before.version)
        const next = applied<Position>(before, body)
        if (!differs<Position>(before, next)) {
          return { status: 200, body: positionView(before), headers: { etag: etagOf(before.version) } }
        }
        refuse(await faultsOf(tx, next, before))
        const updatedAt = Math.max(deps.clock.now(), (before.updatedAt ?? 0) + 1)
        const row = { ...next, version: before.version + 1, updatedAt }
        await savePosition(tx, row)
        await deps.outbox.add(tx, [{
          ...eventFrame(tx, deps.ids, personId, row),
          type: 'dueline.position.changed.v1',
          subject: `person/${personId}`,
          data: {
            position: { personId, managerId: row.managerId, level: row.level, unitId: row.unitId, version: row.version }
          }
        }])
        return { status: 200, body: positionView(row), headers: { etag: etagOf(row.version) } }
      })
    }
  })
}

/** What is wrong with a position in a tenant whose organization is locked. */
async function faultsOf (tx: TenantTx, next: Position, before: Position): Promise<Fault[]> {
  const faults: Fault[] = []
  if (next.managerId !== null && next.managerId !== before.managerId) {
    const line = await lineFrom(tx, tx.tenantId, next.managerId, { max: 1_000_000 })
    const managers = new Map(line.map(({ personId, managerId }) => [personId, managerId]))
    if (closesCycle(next.personId, next.managerId, (id) => managers.get(id))) {
      faults.push({ pointer: '/managerId', message: 'would close a cycle in the reporting line' })
    }
  }
  if (next.level !== null && next.level !== before.level) {
    const { levels } = await readLevels(tx, tx.tenantId)
    if (!levels.some(({ key }) => key === next.level)) {
      const keys = levels.map(({ key }) => key).join(', ')
      faults.push({ pointer: '/level', message: `must be the key of a level: ${keys}` })
    }
  }
  if (next.unitId !== null && next.unitId !== before.unitId) {
    const unit = await units.store.find(tx, tx.tenantId, next.unitId)
    if (unit?.active !== true) {
      faults.push({ pointer: '/unitId', message: unit === undefined ? 'no such unit' : 'is not active' })
    }
  }
  return faults
}
