import type { Part } from './compile.ts'
import type { Frame, Run, Work } from './frame.ts'
import { concatenated, finite, whole } from './functions.ts'
import { ExpressionError, type Tree } from './parse.ts'
import { decimal, fits, integer, isNumber, joined, nameOf, text, type Type, yesNo } from './type.ts'

const operators = ['==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', 'in', '&&', '||'] as const
type Operator = typeof operators[number]
type BinaryTree = Extract<Tree, { op: Operator }>

export function isBinary (tree: Tree): tree is BinaryTree {
  return (operators as readonly string[]).includes(tree.op)
}

const ordered = new Set<Type['is']>(['integer', 'decimal', 'date', 'time', 'date_time', 'null'])

export function binary (op: Operator, left: Part, right: Part, at: number): Part {
  const wrong = () => {
    throw new ExpressionError('expression_type', `${nameOf(left.type)} ${op} ${nameOf(right.type)} is not defined`, at)
  }
  const type = joined(left.type, right.type)
  switch (op) {
    case '&&':
    case '||':
      if (!fits(left.type, yesNo) || !fits(right.type, yesNo)) wrong()
      return { type: yesNo, run: op === '&&' ? and(left.run, right.run) : or(left.run, right.run) }
    case '==':
    case '!=':
      if (type === undefined || type.is === 'row') wrong()
      return { type: yesNo, run: op === '==' ? equal(left.run, right.run) : not(equal(left.run, right.run)) }
    case 'in':
      if (right.type.is !== 'list' || joined(left.type, right.type.of) === undefined) wrong()
      return { type: yesNo, run: within(left.run, right.run) }
    case '+':
      if (type?.is === 'text') return { type: text, run: arithmetic(left.run, right.run, concatenated) }
      break
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (type === undefined || !ordered.has(type.is)) wrong()
      return { type: yesNo, run: order(op, left.run, right.run) }
  }
  if (!isNumber(left.type) || !isNumber(right.type)) wrong()
  const ofIntegers = left.type.is === 'integer' && right.type.is === 'integer'
  if (op === '%' && !ofIntegers) wrong()
  return {
    type: ofIntegers ? integer : decimal,
    run: arithmetic(left.run, right.run, ofIntegers ? wholes[op as Sum] : decimals[op as Sum])
  }
}

type Sum = '+' | '-' | '*' | '/' | '%'
type Calculation = (a: any, b: any) => unknown
const decimals: Record<Sum, Calculation> = {
  '+': (a, b) => finite(a + b),
  '-': (a, b) => finite(a - b),
  '*': (a, b) => finite(a * b),
  '/': (a, b) => finite(a / b),
  '%': (a, b) => finite(a % b)
}
const wholes: Record<Sum, Calculation> = {
  '+': (a, b) => whole(a + b),
  '-': (a, b) => whole(a - b),
  '*': (a, b) => whole(a * b),
  '/': (a, b) => whole(Math.trunc(a / b)),
  '%': (a, b) => whole(a % b)
}

function arithmetic (left: Run, right: Run, calculate: Calculation): Run {
  return (frame, work) => {
    const a = left(frame, work)
    const b = right(frame, work)
    return a === null || b === null ? null : calculate(a, b)
  }
}

function and (left: Run, right: Run): Run {
  return (frame, work) => left(frame, work) === true && right(frame, work) === true
}

function or (left: Run, right: Run): Run {
  return (frame, work) => left(frame, work) === true || right(frame, work) === true
}

function equal (left: Run, right: Run): (frame: Frame, work: Work) => boolean {
  return (frame, work) => same(left(frame, work), right(frame, work))
}

function not (run: (frame: Frame, work: Work) => boolean): Run {
  return (frame, work) => !run(frame, work)
}

function same (a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((value, index) => same(value, b[index]))
}

function within (left: Run, right: Run): Run {
  return (frame, work) => {
    const value = left(frame, work)
    return value !== null && ((right(frame, work) as unknown[] | null)?.includes(value) ?? false)
  }
}

function order (op: '<' | '<=' | '>' | '>=', left: Run, right: Run): Run {
  const holds: (a: any, b: any) => boolean = op === '<'
    ? (a, b) => a < b
    : op === '<='
    ? (a, b) => a <= b
    : op === '>'
    ? (a, b) => a > b
    : (a, b) => a >= b
  return (frame, work) => {
    const a = left(frame, work)
    const b = right(frame, work)
    return a !== null && b !== null && holds(a, b)
  }
}
