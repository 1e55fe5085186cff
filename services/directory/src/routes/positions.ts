import { Instant, instantText, nullable, Uuid } from '@dueline/contracts'
import { baseErrors, problem, type AnyRequest, type Fault } from '@dueline/http'
import { Type, type Static } from 'typebox'
import type { Position } from '../store/position-store.ts'
import { LevelKey } from './levels.ts'
import type { RouteDeps } from './route-deps.ts'

const fields = {
  managerId: nullable({
    ...Uuid,
    description:
      'To whom the person reports in the organization, of the staff. Escalations follow the `managerId` of the ' +
      'person (`/v1/people`), which is another field'
  }),
  level: nullable({
    ...LevelKey,
    description: 'The key of one of the levels of the tenant; it is not checked against the role of the person'
  }),
  unitId: nullable({ ...Uuid, description: 'The unit to which the person belongs' })
}

/** Body of a change. */
export const PositionPatch = Type.Partial(Type.Object(fields), {
  title: 'PositionPatch',
  description: 'What is to change of where a person stands',
  minProperties: 1
})
export type PositionPatch = Static<typeof PositionPatch>

/** A position on the wire. */
export const PositionSchema = Type.Object({
  personId: Uuid,
  ...fields,
  version: Type.Integer({ minimum: 0, description: '0: never set' }),
  updatedAt: nullable(Instant)
}, { title: 'Position', description: 'Where a person stands in the organization' })

export function positionView ({ updatedAt, ...position }: Position): Static<typeof PositionSchema> {
  return { ...position, updatedAt: instantText(updatedAt) }
}

/** Ends the request unless the person is there, by the copies or by who owns people. */
export async function requirePerson (request: AnyRequest, { references }: RouteDeps, id: string): Promise<void> {
  const { principal: { tenantId }, headers: { authorization } } = request
  const faults: Fault[] = await references.faults({ tenantId, authorization }, [{ pointer: '', kind: 'person', id }])
  if (faults.length > 0) problem(baseErrors.not_found)
}
