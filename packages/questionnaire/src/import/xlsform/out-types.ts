import { typeOfAnswer } from '../../compile.ts'
import type { Node, Question } from '../../format.ts'
import { isContainer } from '../../walk.ts'
import type { Kind } from './to-cel.ts'

/** The list by which yes and no are asked for in an XLSForm, which has no such type. */
export const YES_NO_LIST = 'dueline_yes_no'

export function kindOfNode (node: Node): Kind {
  if (isContainer(node)) return node.kind === 'repeat' ? 'row' : 'null'
  return typeOfAnswer(node)?.is ?? 'null'
}

interface OutType {
  type: string
  appearance: string
  parameters: string
}

export function outTypeOf (node: Question): OutType {
  const plain = (type: string, appearance = '', parameters = '') => ({ type, appearance, parameters })
  switch (node.kind) {
    case 'long_text':
      return plain('text', 'multiline')
    case 'date_time':
      return plain('datetime')
    case 'yes_no':
      return plain(`select_one ${YES_NO_LIST}`)
    case 'one_of':
      return plain(`select_one ${node.list}${node.other === true ? ' or_other' : ''}`)
    case 'many_of':
      return plain(`select_multiple ${node.list}${node.other === true ? ' or_other' : ''}`)
    case 'rating':
      return plain('range', 'rating', `start=${node.min ?? 1} end=${node.max} step=1`)
    case 'file':
      return plain(fileType(node.mediaTypes))
    case 'calculated':
      return plain('calculate')
    default:
      return plain(node.kind)
  }
}

function fileType (mediaTypes: string[] = []): string {
  const [only = ''] = mediaTypes
  return mediaTypes.length === 1 && /^(image|audio|video)\/\*$/.test(only) ? only.slice(0, 5) : 'file'
}

/** Limits of an answer as conditions on `.`, and those that have no counterpart. */
export function limitsOf (node: Question): { conditions: string[], unsaid: string[] } {
  const conditions: string[] = []
  const unsaid: string[] = []
  const given = node as unknown as Readonly<Record<string, unknown>>
  const dated = node.kind === 'date' || node.kind === 'time' || node.kind === 'date_time'
  const bound = (field: string, write: (value: string) => string) => {
    if (given[field] !== undefined) conditions.push(write(dated ? `'${String(given[field])}'` : String(given[field])))
  }
  if (node.kind !== 'rating') {
    bound('min', (value) => `. >= ${value}`)
    bound('max', (value) => `. <= ${value}`)
  }
  bound('minLength', (value) => `string-length(.) >= ${value}`)
  bound('maxLength', (value) => `string-length(.) <= ${value}`)
  bound('minChoices', (value) => `count-selected(.) >= ${value}`)
  bound('maxChoices', (value) => `count-selected(.) <= ${value}`)
  if (typeof given.pattern === 'string') {
    if (given.pattern.includes("'")) unsaid.push('a pattern with a quote')
    else conditions.push(`regex(., '${given.pattern}')`)
  }
  for (const field of ['unit', 'maxBytes', 'maxFiles']) if (given[field] !== undefined) unsaid.push(field)
  if (node.kind === 'file' && fileType(node.mediaTypes) === 'file' && node.mediaTypes !== undefined) {
    unsaid.push('mediaTypes')
  }
  return { conditions, unsaid }
}
