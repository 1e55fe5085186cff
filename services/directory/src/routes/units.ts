import { nullable, OneLine, Uuid } from '@dueline/contracts'
import { problem, type Fault } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { Type } from 'typebox'
import { closesCycle } from '../domain/cycle.ts'
import { emptyUnit, type UnitDraft } from '../domain/unit.ts'
import { errors } from '../errors.ts'
import { aggregateStore, type Stamped } from '../store/aggregate-store.ts'
import { lockOrganization } from '../store/level-store.ts'
import { unit } from '../store/tables.ts'
import { unitHolds, unitsUpFrom } from '../store/unit-store.ts'
import type { Mention } from '../upstreams/references.ts'
import { uniqueName, viewOf, type Aggregate } from './aggregates.ts'
import { Name, Stamps } from './route-deps.ts'

const fields = {
  name: Name,
  kind: nullable(OneLine(100, 'what you call such a unit: site, department, ward')),
  parentId: nullable({ ...Uuid, description: 'The unit that it is a part of; null: it is at the top' }),
  headId: nullable({ ...Uuid, description: 'Who answers for it, of the staff' }),
  active: Type.Boolean({ description: 'false: nobody is put into it any more' })
}

/** Body of a new unit. */
export const NewUnit = Type.Object({ ...Type.Partial(Type.Object(fields)).properties, name: Name }, {
  title: 'NewUnit',
  description: 'A unit to be made'
})
/** Body of a change. */
export const UnitPatch = Type.Partial(Type.Object(fields), {
  title: 'UnitPatch',
  description: 'What is to change of a unit',
  minProperties: 1
})
/** A unit on the wire. */
export const Unit = Type.Object({ id: Uuid, ...fields, ...Stamps }, {
  title: 'Unit',
  description: 'A part of the organization: a site, a department of it, and so on'
})

/** Locks the organization, so that two changes at once cannot close a cycle together. */
async function parentFaults (tx: TenantTx, id: string, next: UnitDraft, before: UnitDraft): Promise<Fault[]> {
  await lockOrganization(tx, tx.tenantId)
  const { parentId } = next
  if (parentId === null || parentId === before.parentId) return []
  const above = await unitsUpFrom(tx, tx.tenantId, parentId)
  if (!above.has(parentId)) return [{ pointer: '/parentId', message: 'no such unit' }]
  return closesCycle(id, parentId, (each) => above.get(each))
    ? [{ pointer: '/parentId', message: 'is the unit itself, or a part of it' }]
    : []
}

/** How units are stored and announced. */
export const units: Aggregate<UnitDraft> = {
  path: '/v1/units',
  store: aggregateStore<UnitDraft & Stamped>(unit),
  unique: uniqueName('unit_name'),
  empty: emptyUnit,
  view: viewOf,
  mentions ({ headId }, before): Mention[] {
    return headId === null || headId === before.headId ? [] : [{ pointer: '/headId', kind: 'staff', id: headId }]
  },
  faults: parentFaults,
  async beforeDelete (tx, id) {
    await lockOrganization(tx, tx.tenantId)
    const holds = await unitHolds(tx, id)
    if (holds !== null) problem(errors.unit_in_use, { detail: `the unit has ${holds}` })
  },
  event ({ createdAt: _, updatedAt: _at, ...snapshot }, deleted) {
    return {
      type: 'dueline.unit.changed.v1',
      subject: `unit/${snapshot.id}`,
      data: { unit: { ...snapshot, active: snapshot.active && !deleted }, deleted }
    }
  }
}
