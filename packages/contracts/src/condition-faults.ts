import { conditionBounds, conditionFields, fieldNames, vocabularies, type ConditionField } from './condition.ts'
import { isUuid } from './vocabulary.ts'
import { escapePointer } from './json-pointer.ts'

/** One thing wrong with a condition, at a JSON pointer relative to the condition. */
export interface ConditionFault {
  pointer: string
  message: string
}

/**
 * Every fault of a value that should be a condition; empty when it is one. Agrees with `conditionSchema`, but names the
 * exact place, where a JSON Schema `anyOf` would only list every alternative that failed.
 */
export function conditionFaults (value: unknown): ConditionFault[] {
  const faults: ConditionFault[] = []
  const nodes = { left: conditionBounds.nodesMax }
  checkNode(value, '', 1, nodes, faults)
  if (nodes.left < 0) faults.push({ pointer: '', message: `has more than ${conditionBounds.nodesMax} parts` })
  return faults
}

function checkNode (
  value: unknown,
  pointer: string,
  depth: number,
  nodes: { left: number },
  faults: ConditionFault[]
): void {
  if (--nodes.left < 0) return
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push({ pointer, message: 'must be an object' })
    return
  }
  if (depth > conditionBounds.depthMax) {
    faults.push({ pointer, message: `is nested deeper than ${conditionBounds.depthMax} levels` })
    return
  }
  const node = value as Record<string, unknown>
  const key = ['all', 'any', 'not', 'field'].find((name) => Object.hasOwn(node, name))
  if (key === undefined) {
    faults.push({ pointer, message: 'must have one of all, any, not, field' })
  } else if (key === 'field') {
    checkComparison(node, pointer, faults)
  } else {
    onlyKeys(node, [key], pointer, faults)
    if (key === 'not') checkNode(node['not'], `${pointer}/not`, depth + 1, nodes, faults)
    else checkParts(node[key], `${pointer}/${key}`, depth, nodes, faults)
  }
}

function checkParts (
  parts: unknown,
  pointer: string,
  depth: number,
  nodes: { left: number },
  faults: ConditionFault[]
): void {
  if (!Array.isArray(parts) || parts.length === 0) {
    faults.push({ pointer, message: 'must be a list of at least one condition' })
    return
  }
  parts.forEach((part, index) => checkNode(part, `${pointer}/${index}`, depth + 1, nodes, faults))
}

function checkComparison (node: Record<string, unknown>, pointer: string, faults: ConditionFault[]): void {
  const field = node['field']
  const known = typeof field === 'string' && Object.hasOwn(conditionFields, field)
  if (!known) faults.push({ pointer: `${pointer}/field`, message: `must be one of ${fieldNames.join(', ')}` })
  const op = node['op']
  if (op !== 'eq' && op !== 'in' && op !== 'exists') {
    faults.push({ pointer: `${pointer}/op`, message: 'must be one of eq, in, exists' })
    return
  }
  const operand = op === 'eq' ? 'value' : op === 'in' ? 'values' : undefined
  onlyKeys(node, operand === undefined ? ['field', 'op'] : ['field', 'op', operand], pointer, faults)
  if (!known || operand === undefined) return
  const at = `${pointer}/${operand}`
  if (op === 'eq') {
    checkValue(field as ConditionField, node['value'], at, faults)
    return
  }
  const values = node['values']
  if (!Array.isArray(values) || values.length === 0 || values.length > conditionBounds.valuesMax) {
    faults.push({ pointer: at, message: `must be a list of 1 to ${conditionBounds.valuesMax} values` })
    return
  }
  values.forEach((value, index) => checkValue(field as ConditionField, value, `${at}/${index}`, faults))
}

function checkValue (field: ConditionField, value: unknown, pointer: string, faults: ConditionFault[]): void {
  const vocabulary = vocabularies[field]
  if (vocabulary === undefined) {
    if (typeof value !== 'string' || !isUuid(value)) faults.push({ pointer, message: 'must be a lower-case UUID' })
  } else if (!vocabulary.includes(value as string)) {
    faults.push({ pointer, message: `must be one of ${vocabulary.join(', ')}` })
  }
}

function onlyKeys (
  node: Record<string, unknown>,
  allowed: readonly string[],
  pointer: string,
  faults: ConditionFault[]
): void {
  for (const key of Object.keys(node)) {
    if (!allowed.includes(key)) {
      faults.push({
        pointer: `${pointer}/${escapePointer(key)}`,
        message: 'is not known here'
      })
    }
  }
}
