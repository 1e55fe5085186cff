// Whether a JSON value has the form of a questionnaire, level by level: each fault names one place and one rule.
import * as Type from 'typebox'
import { Check, Errors } from 'typebox/value'
import type { DefinitionFault } from './definition-fault.ts'
import { containerSchemas, Head, limits, type Questionnaire, questionSchemas } from './format.ts'

const nodeSchemas: Readonly<Record<string, Type.TSchema>> = { ...containerSchemas(Type.Unknown()), ...questionSchemas }
const faultsMax = 100

/** The value as a questionnaire when the list of faults is empty. Names, lists and expressions are checked later. */
export function checkStructure (value: unknown): DefinitionFault[] {
  const faults: DefinitionFault[] = []
  checkAgainst(Head, value, '', faults)
  if (faults.length > 0) return faults
  const count = { nodes: 0 }
  checkNodes((value as Questionnaire).items, '/items', 1, count, faults)
  return faults
}

function checkNodes (
  items: readonly unknown[],
  pointer: string,
  depth: number,
  count: { nodes: number },
  faults: DefinitionFault[]
): void {
  if (depth > limits.depth) {
    faults.push({ pointer, code: 'too_deep', message: `must not lie deeper than ${limits.depth} levels` })
    return
  }
  for (const [index, item] of items.entries()) {
    const at = `${pointer}/${index}`
    if (++count.nodes > limits.nodes || faults.length >= faultsMax) {
      faults.push({
        pointer: at,
        code: 'too_many',
        message: `only ${limits.nodes} questions and ${faultsMax} faults are read`
      })
      return
    }
    const kind: unknown = typeof item === 'object' && item !== null && 'kind' in item ? item.kind : undefined
    const schema = typeof kind === 'string' && Object.hasOwn(nodeSchemas, kind) ? nodeSchemas[kind] : undefined
    if (schema === undefined) {
      faults.push({
        pointer: `${at}/kind`,
        code: 'kind',
        message: `must be one of ${Object.keys(nodeSchemas).join(', ')}`
      })
      continue
    }
    if (kind === 'section' && depth > 1) {
      faults.push({
        pointer: `${at}/kind`,
        code: 'section_inside',
        message: 'sections stand at the top only: use a group'
      })
    }
    const before = faults.length
    checkAgainst(schema, item, at, faults)
    const inner = (item as { items?: unknown[] }).items
    if (faults.length === before && Array.isArray(inner)) checkNodes(inner, `${at}/items`, depth + 1, count, faults)
  }
}

function checkAgainst (schema: Type.TSchema, value: unknown, pointer: string, faults: DefinitionFault[]): void {
  if (Check(schema, value)) return
  for (const { keyword, instancePath, message, params } of Errors(schema, value)) {
    // A property that is too much is reported by its parent, which knows its name.
    if (keyword === 'boolean') continue
    const extra = (params as { additionalProperties?: string[] }).additionalProperties
    const at = `${pointer}${instancePath}${extra?.[0] === undefined ? '' : `/${extra[0]}`}`
    faults.push({ pointer: at, code: 'structure', message: extra === undefined ? message : 'is not known here' })
    if (faults.length >= faultsMax) return
  }
}
