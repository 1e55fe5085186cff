import type { Compiling, Part } from './compile.ts'
import { expect } from './expect.ts'
import { type Run, step, type Work } from './frame.ts'
import { ExpressionError, type Tree } from './parse.ts'
import { nameOf, type Type, yesNo } from './type.ts'

const names = new Set(['exists', 'all', 'filter', 'map'])
const deepest = 2

export function isComprehension (name: string): boolean {
  return names.has(name)
}

/** `list.exists(e, test)` and its like: each element is a step of the work. At most two of them inside one another. */
export function comprehension (
  [name, over, args]: [string, Tree, Tree[]],
  context: Compiling,
  at: number,
  compile: (tree: Tree, context: Compiling) => Part
): Part {
  const [variable, body] = args
  if (args.length !== 2 || variable?.op !== 'id' || body === undefined) {
    throw new ExpressionError('expression_syntax', `${name} takes a name and an expression`, at)
  }
  if (context.locals.length >= deepest) {
    throw new ExpressionError(
      'expression_too_large',
      `at most ${deepest} of exists, all, filter and map in one another`,
      at
    )
  }
  const list = compile(over, context)
  if (list.type.is !== 'list') {
    throw new ExpressionError('expression_type', `${name} goes over a list, not ${nameOf(list.type)}`, at)
  }
  const depth = context.locals.length
  const inner = compile(body, {
    ...context,
    locals: [...context.locals, { name: variable.args, type: list.type.of }]
  })
  if (name !== 'map') expect(inner.type, yesNo, name, at)
  return { type: resultOf(name, list.type, inner.type), run: running(name, list.run, inner.run, depth) }
}

function resultOf (name: string, list: Type, body: Type): Type {
  if (name === 'filter') return list
  return name === 'map' ? { is: 'list', of: body } : yesNo
}

function running (name: string, list: Run, body: Run, depth: number): Run {
  const bound = (value: unknown, frame: Parameters<Run>[0], work: Work) => {
    step(work)
    work.locals[depth] = value
    return body(frame, work)
  }
  return (frame, work) => {
    const values = (list(frame, work) as unknown[] | null) ?? []
    if (name === 'map') return values.map((value) => bound(value, frame, work))
    if (name === 'filter') return values.filter((value) => bound(value, frame, work) === true)
    if (name === 'exists') return values.some((value) => bound(value, frame, work) === true)
    return values.every((value) => bound(value, frame, work) === true)
  }
}
