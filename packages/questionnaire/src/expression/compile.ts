// The meaning of an expression: CEL's grammar and operators over answers, of which any may be missing (null).
// A missing value makes arithmetic and functions missing; in order it is false, in && || ! and ?: it is false, and it
// equals only null. So nothing fails at run time, and each expression takes time linear in its lists, which are
// counted.
import type { Frame, Run, Work } from './frame.ts'
import { plainFunctions } from './functions.ts'
import { expect } from './expect.ts'
import { comprehension, isComprehension } from './comprehension.ts'
import { binary, isBinary } from './operators.ts'
import { ExpressionError, parse, type Tree } from './parse.ts'
import { compilePattern } from './pattern.ts'
import {
  date,
  decimal,
  fits,
  integer,
  joined,
  nameOf,
  nothing,
  type Scope,
  text,
  type Type,
  typeOf,
  type Variable,
  yesNo
} from './type.ts'

/** What an expression's names mean where it stands. */
export interface Context {
  scope: Scope
  variables: ReadonlyMap<string, Variable>
  /** Attributes of the choices that a filter chooses among; undefined where there is no `choice`. */
  choice?: ReadonlySet<string>
}
export interface Local {
  name: string
  type: Type
}
/** While it is compiled: the bound elements in force and the names met so far. */
export interface Compiling extends Context {
  locals: readonly Local[]
  reads: Set<string>
}
export interface Part {
  type: Type
  run: Run
}
export interface Compiled extends Part {
  source: string
  /** The names of the answers that it looks at. */
  reads: ReadonlySet<string>
}

/** Compiles an expression that must give `wanted`. Throws ExpressionError. */
export function compileExpression (source: string, context: Context, wanted?: Type): Compiled {
  const reads = new Set<string>()
  const part = compile(parse(source), { ...context, locals: [], reads })
  if (wanted !== undefined && !fits(part.type, wanted)) {
    throw new ExpressionError('expression_type', `must give ${nameOf(wanted)}, not ${nameOf(part.type)}`)
  }
  return { ...part, source, reads }
}

export function compile (tree: Tree, context: Compiling): Part {
  if (isBinary(tree)) {
    return binary(tree.op, compile(tree.args[0], context), compile(tree.args[1], context), tree.range.start)
  }
  switch (tree.op) {
    case 'value':
      return literal(tree.args, tree.range.start)
    case 'id':
      return named(tree.args, context, tree.range.start)
    case '.':
      return field(tree.args, context, tree.range.start)
    case '[]':
      return element(compile(tree.args[0], context), compile(tree.args[1], context), tree.range.start)
    case 'list':
      return list(tree.args.map((item) => compile(item, context)), tree.range.start)
    case '?:':
      return conditional(tree.args.map((item) => compile(item, context)), tree.range.start)
    case '!_': {
      const { type, run } = compile(tree.args, context)
      expect(type, yesNo, '!', tree.range.start)
      return { type: yesNo, run: (frame, work) => run(frame, work) !== true }
    }
    case '-_': {
      const { type, run } = compile(tree.args, context)
      expect(type, decimal, '-', tree.range.start)
      return { type, run: (frame, work) => negated(run(frame, work)) }
    }
    case 'call':
      return call(tree.args[0], tree.args[1], context, tree.range.start)
    case 'rcall':
      if (isComprehension(tree.args[0])) return comprehension(tree.args, context, tree.range.start, compile)
      return call(tree.args[0], [tree.args[1], ...tree.args[2]], context, tree.range.start)
    default:
      throw new ExpressionError('expression_syntax', `${tree.op} is not available here`, tree.range.start)
  }
}

function literal (value: unknown, at: number): Part {
  const constant = (type: Type, result: unknown): Part => ({ type, run: () => result })
  if (value === null) return constant(nothing, null)
  if (typeof value === 'string') return constant(text, value)
  if (typeof value === 'boolean') return constant(yesNo, value)
  if (typeof value === 'number' && Number.isFinite(value)) return constant(decimal, value)
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return constant(integer, Number(value))
  throw new ExpressionError('expression_syntax', 'is no number, text, true, false or null that can be used here', at)
}

function named (name: string, context: Compiling, at: number): Part {
  const depth = context.locals.findLastIndex((local) => local.name === name)
  const local = context.locals[depth]
  if (local !== undefined) return { type: local.type, run: (_, work) => work.locals[depth] }
  if (name === 'choice' && context.choice !== undefined) {
    return {
      type: typeOf('choice'),
      run: (_, { choice }) => choice
    }
  }
  const variable = context.variables.get(name)
  if (variable === undefined) {
    throw new ExpressionError('unknown_name', `there is no question or repeat \`${name}\``, at)
  }
  context.reads.add(name)
  return { type: variable.type, run: reading(variable, context.scope, at) }
}

function reading ({ name, scope: wanted, slot }: Variable, from: Scope, at: number): Run {
  let up = 0
  for (let scope: Scope | null = from; scope !== wanted; scope = scope.parent, up++) {
    if (scope !== null) continue
    throw new ExpressionError(
      'name_out_of_scope',
      `\`${name}\` has an answer per repetition of \`${wanted.repeat}\`: say ${wanted.repeat}.exists(r, …)`,
      at
    )
  }
  if (up === 0) return (frame) => frame.values[slot]
  if (up === 1) return (frame) => (frame.parent as Frame).values[slot]
  return (frame) => {
    let holder: Frame = frame
    for (let level = 0; level < up; level++) holder = holder.parent as Frame
    return holder.values[slot]
  }
}

function field ([object, name]: [Tree, string], context: Compiling, at: number): Part {
  const { type, run } = compile(object, context)
  if (type.is === 'choice') {
    if (name !== 'name' && !context.choice?.has(name)) {
      throw new ExpressionError('unknown_name', `no choice has the attribute \`${name}\``, at)
    }
    return { type: text, run: (_, { choice }) => choice?.[name] ?? null }
  }
  const variable = type.is === 'row' ? context.variables.get(name) : undefined
  if (type.is !== 'row' || variable === undefined || variable.scope !== type.scope) {
    throw new ExpressionError('unknown_name', `${nameOf(type)} has no \`${name}\``, at)
  }
  context.reads.add(name)
  return {
    type: variable.type,
    run: (frame, work) => (run(frame, work) as Frame | null)?.values[variable.slot] ?? null
  }
}

function element (of: Part, index: Part, at: number): Part {
  if (of.type.is !== 'list') throw new ExpressionError('expression_type', `${nameOf(of.type)} has no elements`, at)
  expect(index.type, integer, '[]', at)
  const { type } = of
  return {
    type: type.of,
    run: (frame, work) => {
      const values = of.run(frame, work) as unknown[] | null
      const position = index.run(frame, work) as number | null
      return position === null ? null : values?.[position] ?? null
    }
  }
}

function list (items: Part[], at: number): Part {
  const type = items.reduce<Type | undefined>((one, { type }) => one && joined(one, type), nothing)
  if (type === undefined) throw new ExpressionError('expression_type', 'elements must be of one type', at)
  return { type: { is: 'list', of: type }, run: (frame, work) => items.map(({ run }) => run(frame, work)) }
}

function conditional ([test, yes, no]: Part[], at: number): Part {
  if (test === undefined || yes === undefined || no === undefined) throw new Error('a conditional has three parts')
  expect(test.type, yesNo, '?:', at)
  const type = joined(yes.type, no.type)
  if (type === undefined) {
    throw new ExpressionError('expression_type', `gives ${nameOf(yes.type)} or ${nameOf(no.type)}`, at)
  }
  return {
    type,
    run: (frame, work) => test.run(frame, work) === true ? yes.run(frame, work) : no.run(frame, work)
  }
}

function call (name: string, trees: Tree[], context: Compiling, at: number): Part {
  if (name === 'matches') return matching(trees, context, at)
  const args = trees.map((tree) => compile(tree, context))
  const special = specialCall(name, args, context, at)
  if (special !== undefined) return special
  const known = Object.hasOwn(plainFunctions, name) ? plainFunctions[name] : undefined
  if (known === undefined) throw new ExpressionError('unknown_function', `there is no function \`${name}\``, at)
  const type = located(() => known.type(args.map((arg) => arg.type), name), at)
  return { type, run: applied(known.run, args.map(({ run }) => run)) }
}

/** What looks at more than its arguments' values. */
function specialCall (name: string, args: Part[], context: Compiling, at: number): Part | undefined {
  if (name === 'coalesce' && args.length > 0) {
    const type = args.reduce<Type | undefined>((one, { type }) => one && joined(one, type), nothing)
    if (type === undefined) throw new ExpressionError('expression_type', 'coalesce takes values of one type', at)
    return { type, run: (frame, work) => firstPresent(args, frame, work) }
  }
  if (args.length > 0) return undefined
  if (name === 'today') return { type: date, run: (_, { today }) => today }
  if (name === 'now') return { type: typeOf('date_time'), run: (_, { now }) => now }
  if (name !== 'position') return undefined
  if (context.scope.repeat === null) {
    throw new ExpressionError('expression_type', 'position() is only known inside a repeat', at)
  }
  return { type: integer, run: (frame) => frame.index + 1 }
}

function matching ([subject, pattern]: Tree[], context: Compiling, at: number): Part {
  if (subject === undefined || pattern?.op !== 'value' || typeof pattern.args !== 'string') {
    throw new ExpressionError('expression_type', 'matches takes a text and a pattern in quotes', at)
  }
  const { type, run } = compile(subject, context)
  expect(type, text, 'matches', at)
  const matches = compilePattern(pattern.args, 'part', at)
  return {
    type: yesNo,
    run: (frame, work) => {
      const value = run(frame, work)
      return typeof value === 'string' && matches(value)
    }
  }
}

function applied (call: (...args: any[]) => unknown, args: Run[]): Run {
  const [first, second] = args
  if (first === undefined) return () => call()
  if (second === undefined) {
    return (frame, work) => {
      const value = first(frame, work)
      return value === null ? null : call(present(value))
    }
  }
  return (frame, work) => {
    const values = args.map((run) => run(frame, work))
    return values.includes(null) ? null : call(...values)
  }
}

/** Of a list, what has a value: a sum or a size is of the answers that there are. */
function present (value: unknown): unknown {
  return Array.isArray(value) && value.includes(null) ? value.filter((item) => item !== null) : value
}

function firstPresent (args: Part[], frame: Frame, work: Work): unknown {
  for (const { run } of args) {
    const value = run(frame, work)
    if (value !== null) return value
  }
  return null
}

function negated (value: unknown): number | null {
  return typeof value === 'number' ? 0 - value : null
}

function located<T> (make: () => T, at: number): T {
  try {
    return make()
  } catch (error) {
    throw error instanceof ExpressionError ? new ExpressionError(error.code, error.message, at) : error
  }
}
