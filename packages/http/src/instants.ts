import { existingInstant, instantFault } from '@dueline/contracts'
import { baseErrors, problem, type Fault } from './errors.ts'

/**
 * The microseconds of an instant whose form a schema has checked.
 * @throws Problem 400 with its pointer for one that does not exist, or lies outside 1970 to 2255
 */
export function instantOf (text: string, pointer: string, part: NonNullable<Fault['in']> = 'body'): number {
  return existingInstant(text) ??
    problem(baseErrors.validation_failed, { faults: [{ in: part, pointer, message: instantFault }] })
}
