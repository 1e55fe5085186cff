import { Uuid } from '@dueline/contracts'
import { Type, type TObject } from 'typebox'

/**
 * Path parameters of what one id names: `pathId('ticketId')` for `/v1/tickets/:ticketId`. Names carry their resource,
 * never `id`.
 */
export function pathId<const Name extends string> (name: Name): TObject<Record<Name, typeof Uuid>> {
  return Type.Object({ [name]: Uuid }) as TObject<Record<Name, typeof Uuid>>
}
