import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'
import { limits } from '../format.ts'

/** An expression that is refused: why, and where in its text. */
export class ExpressionError extends Error {
  readonly code: ExpressionFault
  readonly at: number | undefined

  constructor (code: ExpressionFault, message: string, at?: number) {
    super(message)
    this.code = code
    this.at = at
  }
}
export type ExpressionFault =
  | 'expression_syntax'
  | 'expression_type'
  | 'unknown_name'
  | 'name_out_of_scope'
  | 'unknown_function'
  | 'expression_too_large'
  | 'pattern_refused'

export type Tree = ASTNode

// Only its parser is used: what an expression means is in compile.ts.
const environment = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: 400, maxDepth: 40, maxListElements: 200, maxCallArguments: 20 }
})

/** The tree of a CEL expression. Throws ExpressionError for what is no CEL, too long, too deep or of too many parts. */
export function parse (source: string): Tree {
  if (source.length > limits.expressionLength) {
    throw new ExpressionError('expression_too_large', `must have at most ${limits.expressionLength} characters`)
  }
  try {
    return environment.parse(source).ast
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    const code = /limit|exceed/i.test(error.code) ? 'expression_too_large' : 'expression_syntax'
    throw new ExpressionError(code, error.summary, error.range?.start)
  }
}
