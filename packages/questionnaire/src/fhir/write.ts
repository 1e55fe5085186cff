// A questionnaire as an R5 Questionnaire.
import type { Choice, Node, Question, Questionnaire } from '../format.ts'
import { isContainer } from '../walk.ts'
import { celExtension, type Extension, textFields, urls } from './extensions.ts'

/** A FHIR resource, as JSON. */
export interface Resource {
  resourceType: string
  [field: string]: unknown
}

const types: Record<Exclude<Node['kind'], 'calculated'>, string> = {
  section: 'group',
  group: 'group',
  repeat: 'group',
  text: 'string',
  long_text: 'text',
  integer: 'integer',
  decimal: 'decimal',
  date: 'date',
  time: 'time',
  date_time: 'dateTime',
  yes_no: 'boolean',
  one_of: 'coding',
  many_of: 'coding',
  rating: 'integer',
  file: 'attachment',
  note: 'display'
}
const valueTypes: Readonly<Record<string, string>> = {
  integer: 'Integer',
  rating: 'Integer',
  decimal: 'Decimal',
  date: 'Date',
  time: 'Time',
  date_time: 'DateTime'
}

/**
 * A FHIR R5 Questionnaire. Conditions and calculations are SDC's expressions in `text/cel`; what FHIR has no place for
 * is in extensions of this format, so that `fromFhir` gives the same questionnaire back.
 */
export function toFhir (questionnaire: Questionnaire): Resource {
  const { name, version, title, languages, lists = {}, items } = questionnaire
  const first = languages[0]?.tag ?? 'en'
  return {
    resourceType: 'Questionnaire',
    language: first,
    extension: languages.map(({ tag, name }): Extension => ({
      url: urls.language,
      extension: [{ url: 'tag', valueCode: tag }, ...name === undefined ? [] : [{ url: 'name', valueString: name }]]
    })),
    contained: Object.entries(lists).map(([id, choices]) => valueSet(id, choices, first)),
    name,
    ...(version === undefined ? {} : { version }),
    ...textFields('title', title, first),
    status: 'draft',
    item: items.map((node) => item(node, first))
  }
}

function valueSet (id: string, choices: Choice[], first: string): Resource {
  const concept = choices.map(({ name, label = {}, attributes = {} }) => ({
    code: name,
    ...(label[first] === undefined ? {} : { display: label[first] }),
    ...designations(Object.entries(label).filter(([language]) => language !== first)),
    ...some(
      'extension',
      Object.entries(attributes).map(([name, value]): Extension => ({
        url: urls.attribute,
        extension: [{ url: 'name', valueString: name }, { url: 'value', valueString: value }]
      }))
    )
  }))
  return {
    resourceType: 'ValueSet',
    id: id.replaceAll('_', '-'),
    name: id,
    status: 'draft',
    compose: { include: [{ system: `urn:dueline:list:${id}`, concept }] }
  }
}

function designations (texts: [string, string][]): object {
  return some('designation', texts.map(([language, value]) => ({ language, value })))
}

function item (node: Node, first: string): object {
  const hint = node.hint === undefined ? [] : [{
    linkId: `${node.name}-hint`,
    type: 'display',
    extension: [{ url: urls.itemControl, valueCodeableConcept: { coding: [{ code: 'help' }] } }],
    ...textFields('text', node.hint, first)
  }]
  const inner = isContainer(node) ? node.items.map((child) => item(child, first)) : []
  const type = node.kind === 'calculated'
    ? types[node.type]
    : types[node.kind]
  return {
    linkId: node.name,
    ...textFields('text', node.label, first),
    type,
    ...(node.kind === 'repeat' || node.kind === 'many_of' ? { repeats: true } : {}),
    ...('list' in node ? optionFields(node) : {}),
    ...('maxLength' in node && node.maxLength !== undefined ? { maxLength: node.maxLength } : {}),
    ...('required' in node && node.required !== undefined && typeof node.required === 'boolean'
      ? { required: node.required }
      : {}),
    ...('readOnly' in node && typeof node.readOnly === 'boolean' ? { readOnly: node.readOnly } : {}),
    ...(node.kind === 'calculated' ? { readOnly: true } : {}),
    ...some('extension', [...conditionExtensions(node), ...limitExtensions(node), ...messageExtensions(node, first)]),
    ...some('item', [...hint, ...inner])
  }
}

function optionFields ({ list, other }: { list: string, other?: boolean }): object {
  return {
    answerValueSet: `#${list.replaceAll('_', '-')}`,
    ...(other === undefined ? {} : { answerConstraint: other ? 'optionsOrString' : 'optionsOnly' })
  }
}

function conditionExtensions (node: Node): Extension[] {
  const found: Extension[] = []
  const add = (url: string, expression: unknown) => {
    if (typeof expression === 'string') found.push(celExtension(url, expression))
  }
  if (node.kind === 'section' || node.kind === 'rating' || node.kind === 'calculated') {
    found.push({ url: urls.kind, valueCode: node.kind })
  }
  add(urls.enableWhenExpression, node.relevant)
  const question = node as Partial<
    Record<'required' | 'readOnly' | 'calculation' | 'default' | 'filter' | 'count', unknown>
  >
  add(urls.required, question.required)
  add(urls.readOnly, question.readOnly)
  add(urls.calculatedExpression, question.calculation)
  add(urls.initialExpression, question.default)
  add(urls.filter, question.filter)
  add(urls.count, question.count)
  if ('constraint' in node && node.constraint !== undefined) {
    found.push({
      url: urls.constraint,
      extension: [{ url: 'severity', valueCode: 'error' }, celExtension('expression', node.constraint)]
    })
  }
  return found
}

function limitExtensions (node: Node): Extension[] {
  const given = node as unknown as Readonly<Record<string, unknown>>
  const found: Extension[] = []
  const add = (field: string, url: string, type: string) => {
    if (given[field] !== undefined) found.push({ url, [`value${type}`]: given[field] })
  }
  const many = node.kind === 'many_of'
  const type = valueTypes[node.kind]
  if (type !== undefined) {
    add('min', urls.minValue, type)
    add('max', urls.maxValue, type)
  }
  add('minLength', urls.minLength, 'Integer')
  add('pattern', urls.regex, 'String')
  add(many ? 'minChoices' : node.kind === 'repeat' ? 'min' : '', urls.minOccurs, 'Integer')
  add(many ? 'maxChoices' : node.kind === 'repeat' ? 'max' : '', urls.maxOccurs, 'Integer')
  add('maxBytes', urls.maxBytes, 'Decimal')
  add('maxFiles', urls.maxFiles, 'Integer')
  if ('unit' in node && node.unit !== undefined) found.push({ url: urls.unit, valueCoding: { code: node.unit } })
  if (node.kind === 'file') {
    found.push(...(node.mediaTypes ?? []).map((code) => ({ url: urls.mimeType, valueCode: code })))
  }
  return found
}

function messageExtensions (node: Node, first: string): Extension[] {
  const { requiredMessage, constraintMessage } = node as Partial<Exclude<Question, { kind: 'note' | 'calculated' }>>
  const texts = [[urls.requiredMessage, requiredMessage], [urls.constraintMessage, constraintMessage]] as const
  return texts.filter(([, text]) => text !== undefined)
    .map(([url, text]): Extension => ({ url, ...textFields('valueString', text, first) }))
}

function some (field: string, values: unknown[]): object {
  return values.length > 0 ? { [field]: values } : {}
}
