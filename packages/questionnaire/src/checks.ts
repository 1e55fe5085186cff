// What the form of a questionnaire cannot say: names, lists, languages and bounds that agree with one another.
import { OTHER } from './answer-values.ts'
import { readDate, readDateTime, readTime } from './calendar.ts'
import type { DefinitionFault } from './definition-fault.ts'
import { compilePattern } from './expression/pattern.ts'
import { ExpressionError } from './expression/parse.ts'
import type { Node, Questionnaire, Texts } from './format.ts'
import { walk } from './walk.ts'

/** Words of CEL and of this format that no question can be called, since expressions could not name it. */
const reserved = new Set(
  ('as break const continue else false for function if import in let loop namespace null package return true var ' +
    'void while choice today now position').split(' ')
)

export function isReserved (name: string): boolean {
  return reserved.has(name)
}

export function checkNames ({ items, lists = {} }: Questionnaire): DefinitionFault[] {
  const faults: DefinitionFault[] = []
  const seen = new Map<string, string>()
  walk(items, (node, pointer) => {
    const first = seen.get(node.name)
    if (first !== undefined) {
      faults.push({ pointer: `${pointer}/name`, code: 'duplicate_name', message: `is the name of ${first} too` })
    }
    if (isReserved(node.name)) {
      faults.push({
        pointer: `${pointer}/name`,
        code: 'reserved_name',
        message: 'is a word of expressions: take another'
      })
    }
    seen.set(node.name, pointer)
    if (!('list' in node)) return
    const list = Object.hasOwn(lists, node.list) ? lists[node.list] : undefined
    if (list === undefined) {
      faults.push({ pointer: `${pointer}/list`, code: 'unknown_list', message: `there is no list ${node.list}` })
    } else if (node.other === true && list.some(({ name }) => name === OTHER)) {
      const message = `the list has a choice \`${OTHER}\`, which is the name of an answer of one’s own`
      faults.push({ pointer: `${pointer}/other`, code: 'other_is_a_choice', message })
    }
  })
  for (const [name, choices] of Object.entries(lists)) {
    const names = new Set<string>()
    choices.forEach((choice, index) => {
      const key = JSON.stringify([choice.name, choice.attributes ?? {}])
      if (names.has(key)) {
        const message = `the list has a choice ${choice.name} with these attributes already`
        faults.push({ pointer: `/lists/${name}/${index}/name`, code: 'duplicate_choice', message })
      }
      names.add(key)
    })
  }
  return faults
}

/** Every text is in one of the languages that the questionnaire names. */
export function checkLanguages (questionnaire: Questionnaire): DefinitionFault[] {
  const faults: DefinitionFault[] = []
  const tags = new Set<string>()
  questionnaire.languages.forEach(({ tag }, index) => {
    if (tags.has(tag)) {
      faults.push({ pointer: `/languages/${index}/tag`, code: 'duplicate_language', message: 'stands there twice' })
    }
    tags.add(tag)
  })
  const look = (texts: Texts | undefined, pointer: string) => {
    for (const tag of Object.keys(texts ?? {})) {
      if (tags.has(tag)) continue
      faults.push({ pointer: `${pointer}/${tag}`, code: 'unknown_language', message: 'is none of the languages' })
    }
  }
  look(questionnaire.title, '/title')
  walk(questionnaire.items, (node, pointer) => {
    for (const field of ['label', 'hint', 'requiredMessage', 'constraintMessage'] as const) {
      if (field in node) look((node as Partial<Record<typeof field, Texts>>)[field], `${pointer}/${field}`)
    }
  })
  for (const [name, choices] of Object.entries(questionnaire.lists ?? {})) {
    choices.forEach((choice, index) => look(choice.label, `/lists/${name}/${index}/label`))
  }
  return faults
}

const readBound = { date: readDate, time: readTime, date_time: readDateTime }
const boundsOf = [['min', 'max'], ['minLength', 'maxLength'], ['minChoices', 'maxChoices']] as const

/** Lower bounds are not above upper ones, dates exist, and patterns are patterns. */
export function checkBounds ({ items }: Questionnaire): DefinitionFault[] {
  const faults: DefinitionFault[] = []
  walk(items, (node, pointer) => {
    const read = valueOfBound(node)
    const values = node as unknown as Readonly<Record<string, unknown>>
    for (const [lower, upper] of boundsOf) {
      for (const field of [lower, upper]) {
        if (values[field] !== undefined && read(values[field]) === undefined) {
          faults.push({ pointer: `${pointer}/${field}`, code: 'bounds', message: `is no ${node.kind}` })
        }
      }
      const [least, most] = [read(values[lower] ?? (node.kind === 'rating' ? 1 : undefined)), read(values[upper])]
      if (least === undefined || most === undefined || least <= most) continue
      faults.push({ pointer: `${pointer}/${upper}`, code: 'bounds', message: `must not be less than ${lower}` })
    }
    if ('pattern' in node && node.pattern !== undefined) {
      faults.push(...patternFault(node.pattern, `${pointer}/pattern`))
    }
  })
  return faults
}

function valueOfBound (node: Node): (value: unknown) => string | number | undefined {
  if (node.kind !== 'date' && node.kind !== 'time' && node.kind !== 'date_time') return (value) => value as number
  const read = readBound[node.kind]
  return (value) => typeof value === 'string' ? read(value) : undefined
}

function patternFault (pattern: string, pointer: string): DefinitionFault[] {
  try {
    compilePattern(pattern, 'whole')
    return []
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return [{ pointer, code: error.code, message: error.message }]
  }
}
