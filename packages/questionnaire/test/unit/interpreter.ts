import type { Node } from '@dueline/questionnaire'
import type { Expr, Sample } from './arbitrary.ts'

interface Place {
  node: Node
  parents: Node[]
  repeat: string | null
}
type Row = number | null

/** What the answers of a sample must come to: clean answers, faults as `POINTER CODE`, pointers of what is removed. */
export function interpret (sample: Sample): { answers: object, faults: string[], removed: string[] } {
  const { relevant, calculations, constraints, answers } = sample
  const places = new Map<string, Place>()
  const locate = (nodes: Node[], parents: Node[], repeat: string | null) => {
    for (const node of nodes) {
      places.set(node.name, { node, parents, repeat })
      if ('items' in node) locate(node.items, [...parents, node], node.kind === 'repeat' ? node.name : repeat)
    }
  }
  locate(sample.questionnaire.items, [], null)
  const placeOf = (name: string) => places.get(name) as Place

  const isRelevant = (name: string, row: Row): boolean => {
    const { node, parents } = placeOf(name)
    return [...parents, node].every(({ name }) => {
      const condition = relevant.get(name)
      return condition === undefined || evaluate(condition, placeOf(name).repeat === null ? null : row) === true
    })
  }
  const rowsOf = (repeat: string): Record<string, unknown>[] =>
    isRelevant(repeat, null) ? (answers[repeat] ?? []) as Record<string, unknown>[] : []
  const valueOf = (name: string, from: Row): number | null => {
    const { repeat } = placeOf(name)
    const row = repeat === null ? null : from
    if (!isRelevant(name, row)) return null
    const calculation = calculations.get(name)
    if (calculation !== undefined) return evaluate(calculation, row) as number | null
    const holder = repeat === null || row === null ? answers : rowsOf(repeat)[row]
    return (holder?.[name] ?? null) as number | null
  }
  const evaluate = (expr: Expr, row: Row): number | boolean | null => {
    if (expr.op === 'number') return expr.value
    if (expr.op === 'name' || expr.op === 'answered') {
      const value = valueOf(expr.name, row)
      return expr.op === 'name' ? value : value !== null
    }
    if (expr.op === '!') return evaluate(expr.of, row) !== true
    if (expr.op === 'total') {
      return rowsOf(expr.repeat).reduce((total, _, index) => total + (valueOf(expr.name, index) ?? 0), 0)
    }
    if (expr.op === 'some') {
      return rowsOf(expr.repeat).some((_, index) => (valueOf(expr.name, index) ?? -1) > expr.above)
    }
    const left = evaluate(expr.left, row)
    const right = evaluate(expr.right, row)
    if (expr.op === '&&') return left === true && right === true
    if (expr.op === '||') return left === true || right === true
    if (expr.op === '==') return left === right
    if (left === null || right === null) return expr.op === '<' || expr.op === '>=' ? false : null
    return combined(expr.op, Number(left), Number(right))
  }

  const faults: string[] = []
  const removed: string[] = []
  const collect = (nodes: Node[], row: Row, pointer: string, raw: Record<string, unknown>, into: object) => {
    for (const node of nodes) {
      const at = `${pointer}/${node.name}`
      if (node.kind === 'group') {
        collect(node.items, row, pointer, raw, into)
      } else if (!isRelevant(node.name, row)) {
        if (raw[node.name] !== undefined) removed.push(at)
      } else if (node.kind === 'repeat') {
        const rows = rowsOf(node.name).map((inner, index) => {
          const clean = {}
          collect(node.items, index, `${at}/${index}`, inner, clean)
          return clean
        })
        if (rows.length > 0) Object.assign(into, { [node.name]: rows })
      } else {
        const value = valueOf(node.name, row)
        const constraint = constraints.get(node.name)
        if (value === null) {
          if (node.kind === 'integer' && node.required === true) faults.push(`${at} required`)
        } else if (constraint !== undefined && evaluate(constraint, row) !== true) faults.push(`${at} constraint`)
        else Object.assign(into, { [node.name]: value })
      }
    }
  }
  const clean = {}
  collect(sample.questionnaire.items, null, '', answers, clean)
  return { answers: clean, faults, removed }
}

function combined (op: '<' | '>=' | '+' | '*' | '/', left: number, right: number): number | boolean | null {
  if (op === '<') return left < right
  if (op === '>=') return left >= right
  const value = op === '+' ? left + right : op === '*' ? left * right : Math.trunc(left / right)
  return Number.isSafeInteger(value) ? value + 0 : null
}
