// Random questionnaires with answers, and what must come of them by an interpreter of its own: no compilation, no order
// of evaluation, each value looked up again whenever it is asked for.
import fc from 'fast-check'
import { FORMAT, type Node, type Questionnaire } from '@dueline/questionnaire'

/** An expression as data: its CEL text is written from it, and `evaluate` reads it. */
export type Expr =
  | { op: 'number', value: number }
  | { op: 'name', name: string }
  | { op: 'answered', name: string }
  | { op: '<' | '>=' | '==' | '+' | '*' | '/' | '&&' | '||', left: Expr, right: Expr }
  | { op: '!', of: Expr }
  | { op: 'total', repeat: string, name: string }
  | { op: 'some', repeat: string, name: string, above: number }

export interface Sample {
  questionnaire: Questionnaire
  /** The expressions of each node, as data. */
  relevant: Map<string, Expr>
  constraints: Map<string, Expr>
  calculations: Map<string, Expr>
  answers: Record<string, unknown>
}

export function cel (expr: Expr): string {
  switch (expr.op) {
    case 'number':
      return String(expr.value)
    case 'name':
      return expr.name
    case 'answered':
      return `${expr.name} != null`
    case '!':
      return `!(${cel(expr.of)})`
    case 'total':
      return `sum(${expr.repeat}.map(r, r.${expr.name}))`
    case 'some':
      return `${expr.repeat}.exists(r, r.${expr.name} > ${expr.above})`
    default:
      return `(${cel(expr.left)} ${expr.op} ${cel(expr.right)})`
  }
}

interface Known {
  name: string
  /** The repeat that it is in. */
  repeat: string | null
}

/** Questionnaires of up to 12 nodes in groups and repeats; expressions look only at what was made before, shuffled. */
export const samples: fc.Arbitrary<Sample> = fc.gen().map((gen) => {
  const pick = <T>(values: readonly T[]): T => gen(fc.constantFrom, ...values) as T
  const int = (max: number) => gen(fc.nat, max)
  const sample: Omit<Sample, 'questionnaire'> = {
    relevant: new Map(),
    constraints: new Map(),
    calculations: new Map(),
    answers: {}
  }
  const known: Known[] = []
  let count = 0

  const visible = (repeat: string | null) => known.filter((one) => one.repeat === null || one.repeat === repeat)
  const inRepeats = (repeat: string | null) => known.filter((one) => one.repeat !== null && one.repeat !== repeat)
  const number = (repeat: string | null, depth: number): Expr => {
    const names = visible(repeat)
    const outside = repeat === null ? inRepeats(repeat) : []
    const choice = int(5)
    if (choice === 0 && outside.length > 0) {
      const { name, repeat } = pick(outside)
      return { op: 'total', repeat: repeat ?? '', name }
    }
    if (choice < 3 && names.length > 0) return { op: 'name', name: pick(names).name }
    if (choice === 5 && depth > 0) {
      return { op: pick(['+', '*', '/'] as const), left: number(repeat, depth - 1), right: number(repeat, depth - 1) }
    }
    return { op: 'number', value: int(6) }
  }
  const condition = (repeat: string | null, depth: number): Expr => {
    const names = visible(repeat)
    const outside = repeat === null ? inRepeats(repeat) : []
    const choice = int(6)
    if (choice === 0 && names.length > 0) return { op: 'answered', name: pick(names).name }
    if (choice === 1 && outside.length > 0) {
      const { name, repeat } = pick(outside)
      return { op: 'some', repeat: repeat ?? '', name, above: int(5) }
    }
    if (choice === 2 && depth > 0) return { op: '!', of: condition(repeat, depth - 1) }
    if (choice === 3 && depth > 0) {
      return {
        op: pick(['&&', '||'] as const),
        left: condition(repeat, depth - 1),
        right: condition(repeat, depth - 1)
      }
    }
    return { op: pick(['<', '>=', '=='] as const), left: number(repeat, 1), right: number(repeat, 1) }
  }
  const items = (repeat: string | null, depth: number): Node[] => {
    const nodes: Node[] = []
    for (let left = 1 + int(3); left > 0 && count < 12; left--) {
      const name = `n${count++}`
      if (int(2) === 0) sample.relevant.set(name, condition(repeat, 2))
      const relevant = sample.relevant.get(name)
      const common = { name, ...(relevant === undefined ? {} : { relevant: cel(relevant) }) }
      const kind = depth === 0 ? int(3) : int(5)
      if (kind === 4) {
        const inner = items(repeat, depth - 1)
        if (inner.length > 0) nodes.push({ kind: 'group', ...common, items: inner })
      } else if (kind === 5 && repeat === null) {
        const inner = items(name, depth - 1)
        if (inner.length > 0) nodes.push({ kind: 'repeat', ...common, items: inner })
      } else if (kind === 0) {
        const calculation = number(repeat, 2)
        sample.calculations.set(name, calculation)
        nodes.push({ kind: 'calculated', ...common, type: 'integer', calculation: cel(calculation) })
        known.push({ name, repeat })
      } else {
        const required = int(3) === 0
        known.push({ name, repeat })
        const constraint = int(3) === 0 ? condition(repeat, 1) : undefined
        if (constraint !== undefined) sample.constraints.set(name, constraint)
        nodes.push({
          kind: 'integer',
          ...common,
          ...(required ? { required } : {}),
          ...(constraint === undefined ? {} : { constraint: cel(constraint) })
        })
      }
    }
    return gen(fc.shuffledSubarray, nodes, { minLength: nodes.length }) as Node[]
  }
  const answersTo = (nodes: Node[], into: Record<string, unknown>) => {
    for (const node of nodes) {
      if (node.kind === 'group') answersTo(node.items, into)
      else if (node.kind === 'repeat' && int(3) > 0) {
        into[node.name] = Array.from({ length: int(3) }, () => {
          const row: Record<string, unknown> = {}
          answersTo(node.items, row)
          return row
        })
      } else if (node.kind === 'integer' && int(3) > 0) into[node.name] = int(6)
    }
  }
  const tree = items(null, 2)
  answersTo(tree, sample.answers)
  return { ...sample, questionnaire: { format: FORMAT, name: 'q', languages: [{ tag: 'en' }], items: tree } }
})
