import { ExpressionError } from './parse.ts'
import { fits, nameOf, type Type } from './type.ts'

/** Throws ExpressionError when an operand is not of the type that an operator takes. */
export function expect (type: Type, wanted: Type, what: string, at: number): void {
  if (!fits(type, wanted)) {
    throw new ExpressionError('expression_type', `${what} takes ${nameOf(wanted)}, not ${nameOf(type)}`, at)
  }
}
