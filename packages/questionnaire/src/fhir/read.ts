// An R5 Questionnaire as a questionnaire of this format.
import { checkQuestionnaire } from '../compile.ts'
import type { DefinitionFault } from '../definition-fault.ts'
import { FORMAT, type Choice, type Language, type Node, type Questionnaire, type Texts } from '../format.ts'
import { asName } from '../names.ts'
import { CEL, type Extended, type Extension, listOf, textsOf, urls, valueOf } from './extensions.ts'
import { condition } from './enable-when.ts'

/** What a Questionnaire says that was not read, by linkId. */
export interface FhirIssue {
  linkId: string
  code: string
  message: string
}
export interface FhirRead {
  questionnaire: Questionnaire | null
  issues: FhirIssue[]
  faults: readonly DefinitionFault[]
}
export type Item = Extended & Readonly<Record<string, unknown>>

const kinds: Readonly<Record<string, Node['kind']>> = {
  string: 'text',
  text: 'long_text',
  url: 'text',
  integer: 'integer',
  decimal: 'decimal',
  quantity: 'decimal',
  date: 'date',
  time: 'time',
  dateTime: 'date_time',
  boolean: 'yes_no',
  coding: 'one_of',
  choice: 'one_of',
  'open-choice': 'one_of',
  attachment: 'file',
  display: 'note'
}

/**
 * Reads a FHIR Questionnaire: its tree, texts with translations, options, enableWhen, limits, and expressions in
 * `text/cel`. Whatever else it says (FHIRPath, value sets elsewhere, types without a counterpart) is among the issues.
 */
export function fromFhir (resource: unknown): FhirRead {
  if (typeof resource !== 'object' || resource === null || (resource as Item).resourceType !== 'Questionnaire') {
    const message = 'must be a resource of type Questionnaire'
    return { questionnaire: null, issues: [{ linkId: '', code: 'not_a_questionnaire', message }], faults: [] }
  }
  const reader = new Reader(resource as Item)
  const faults = checkQuestionnaire(reader.questionnaire)
  return { questionnaire: reader.questionnaire, issues: reader.issues, faults }
}

class Reader {
  readonly issues: FhirIssue[] = []
  readonly questionnaire: Questionnaire
  readonly #first: string
  readonly #lists: Record<string, Choice[]> = {}
  readonly #byId = new Map<string, string>()
  readonly #names = new Map<string, string>()
  readonly #languages = new Map<string, Language>()

  constructor (resource: Item) {
    this.#first = typeof resource.language === 'string' ? resource.language : 'en'
    this.#languages.set(this.#first, { tag: this.#first })
    for (const { url, extension } of listOf<Extension>(resource.extension)) {
      const tag = listOf<Extension>(extension).find((part) => part.url === 'tag')?.valueCode
      const name = listOf<Extension>(extension).find((part) => part.url === 'name')?.valueString
      if (url !== urls.language || typeof tag !== 'string') continue
      this.#languages.set(tag, { tag, ...(typeof name === 'string' ? { name } : {}) })
    }
    for (const set of listOf<Item>(resource.contained)) this.#valueSet(set)
    this.#index(listOf<Item>(resource.item))
    const items = this.#nodes(listOf<Item>(resource.item), 0)
    const title = this.#texts(resource, 'title')
    this.questionnaire = {
      format: FORMAT,
      name: asName(typeof resource.name === 'string' ? resource.name : 'questionnaire', []),
      ...(typeof resource.version === 'string' ? { version: resource.version } : {}),
      ...(title === undefined ? {} : { title }),
      languages: [...this.#languages.values()],
      ...(Object.keys(this.#lists).length > 0 ? { lists: this.#lists } : {}),
      items
    }
  }

  #texts (holder: Item | Extension, field: string): Texts | undefined {
    const texts = textsOf(holder as Item, field, this.#first)
    for (const tag of Object.keys(texts ?? {})) if (!this.#languages.has(tag)) this.#languages.set(tag, { tag })
    return texts
  }

  #valueSet (set: Item): void {
    if (set.resourceType !== 'ValueSet' || typeof set.id !== 'string') return
    const compose = set.compose as { include?: unknown } | undefined
    const concepts = listOf<{ concept?: unknown }>(compose?.include).flatMap(({ concept }) => listOf<Item>(concept))
    const name = asName(typeof set.name === 'string' ? set.name : set.id, Object.keys(this.#lists))
    this.#byId.set(`#${set.id}`, name)
    if (concepts.length > 0) this.#lists[name] = concepts.map((concept) => this.#choice(concept))
  }

  #choice (concept: Item): Choice {
    const label: Texts = { ...this.#texts(concept, 'display') }
    for (const { language, value } of listOf<{ language: string, value: string }>(concept.designation)) {
      if (typeof language !== 'string' || typeof value !== 'string') continue
      label[language] = value
      if (!this.#languages.has(language)) this.#languages.set(language, { tag: language })
    }
    const attributes = listOf<Extension>(concept.extension).filter(({ url }) => url === urls.attribute)
      .map(({ extension = [] }) => extension.map((part) => String(part.valueString)))
    return {
      name: String(concept.code).replace(/\s+/g, '_'),
      ...(Object.keys(label).length > 0 ? { label } : {}),
      ...(attributes.length > 0 ? { attributes: Object.fromEntries(attributes) as Record<string, string> } : {})
    }
  }

  #index (items: Item[]): void {
    for (const item of items) {
      const linkId = String(item.linkId)
      if (!isHelp(item)) this.#names.set(linkId, asName(linkId, [...this.#names.values()]))
      this.#index(listOf<Item>(item.item))
    }
  }

  #nodes (items: Item[], depth: number): Node[] {
    if (depth > 20) {
      for (const { linkId } of items) this.#report(String(linkId), 'too_deep', 'lies too deep and is left out')
      return []
    }
    return items.filter((item) => !isHelp(item)).flatMap((item) => this.#node(item, depth))
  }

  #node (item: Item, depth: number): Node[] {
    const linkId = String(item.linkId)
    const name = this.#names.get(linkId) ?? linkId
    if (name !== linkId) this.#report(linkId, 'renamed', `is called ${name}`)
    const children = listOf<Item>(item.item)
    const help = children.find(isHelp)
    const relevant = this.#cel(item, urls.enableWhenExpression) ??
      condition(item, (id) => this.#names.get(id), (code, message) => this.#report(linkId, code, message))
    const common: object = this.#given({
      name,
      label: this.#texts(item, 'text'),
      hint: help === undefined ? undefined : this.#texts(help, 'text'),
      relevant
    })
    const inner = this.#nodes(children, depth + 1)
    const kind = valueOf(item, urls.kind)
    if (item.type === 'group') {
      const repeats = item.repeats === true
      const counts = repeats
        ? { min: valueOf(item, urls.minOccurs), max: valueOf(item, urls.maxOccurs), count: this.#cel(item, urls.count) }
        : {}
      const what = repeats ? 'repeat' : kind === 'section' && depth === 0 ? 'section' : 'group'
      return [this.#given({ kind: what, ...common, items: inner, ...counts })]
    }
    const question = this.#question(item, linkId, kind, common)
    if (question === undefined) this.#report(linkId, 'type', `has the type ${String(item.type)}, which is not read`)
    // Questions inside of a question stand behind it.
    return [...question === undefined ? [] : [question], ...inner]
  }

  #question (item: Item, linkId: string, own: unknown, common: object): Node | undefined {
    const kind = kinds[String(item.type)]
    if (kind === undefined) return undefined
    if (kind === 'note') return this.#given({ kind, ...common })
    if (own === 'calculated') {
      const calculation = this.#cel(item, urls.calculatedExpression)
      return this.#given({ kind: 'calculated', ...common, type: kind, unit: unitOf(item), calculation })
    }
    const message = (url: string) => {
      const found = listOf<Extension>(item.extension).find((one) => one.url === url)
      return found === undefined ? undefined : this.#texts(found, 'valueString')
    }
    const constraint = listOf<Extension>(item.extension).find(({ url }) => url === urls.constraint)
    const asked = {
      ...common,
      required: this.#cel(item, urls.required) ?? (item.required as boolean | undefined),
      requiredMessage: message(urls.requiredMessage),
      readOnly: this.#cel(item, urls.readOnly) ?? (item.readOnly as boolean | undefined),
      constraint: constraint === undefined ? undefined : this.#cel(constraint, 'expression', linkId),
      constraintMessage: message(urls.constraintMessage),
      default: this.#cel(item, urls.initialExpression)
    }
    if (kind === 'one_of') return this.#choiceQuestion(item, linkId, asked)
    const bounds = { min: valueOf(item, urls.minValue), max: valueOf(item, urls.maxValue) }
    if (kind === 'text' || kind === 'long_text') {
      const lengths = {
        minLength: valueOf(item, urls.minLength),
        maxLength: item.maxLength,
        pattern: valueOf(item, urls.regex)
      }
      return this.#given({ kind, ...asked, ...lengths })
    }
    if (kind === 'file') {
      const types = listOf<Extension>(item.extension).filter(({ url }) => url === urls.mimeType).map(({ valueCode }) =>
        valueCode
      )
      const limits = { maxBytes: valueOf(item, urls.maxBytes), maxFiles: valueOf(item, urls.maxFiles) }
      return this.#given({ kind, ...asked, mediaTypes: types.length > 0 ? types : undefined, ...limits })
    }
    if (own === 'rating') return this.#given({ kind: 'rating', ...asked, ...bounds })
    return this.#given({ kind, ...asked, ...(kind === 'yes_no' ? {} : bounds), unit: unitOf(item) })
  }

  #choiceQuestion (item: Item, linkId: string, asked: object): Node | undefined {
    const list = this.#byId.get(String(item.answerValueSet)) ?? this.#inlineList(item, linkId)
    if (list === undefined || this.#lists[list] === undefined) {
      this.#report(linkId, 'value_set', 'has its choices elsewhere, which are not read')
      return undefined
    }
    const many = item.repeats === true
    const counts = many ? { minChoices: valueOf(item, urls.minOccurs), maxChoices: valueOf(item, urls.maxOccurs) } : {}
    const open = item.answerConstraint === 'optionsOrString' || item.type === 'open-choice'
    const other = open ? true : item.answerConstraint === 'optionsOnly' ? false : undefined
    const filter = this.#cel(item, urls.filter)
    return this.#given({ kind: many ? 'many_of' : 'one_of', ...asked, list, filter, other, ...counts })
  }

  #inlineList (item: Item, linkId: string): string | undefined {
    const options = listOf<Item>(item.answerOption)
    if (options.length === 0) return undefined
    const name = asName(`${this.#names.get(linkId)}_choices`, Object.keys(this.#lists))
    this.#lists[name] = options.map((option) => {
      const coding = option.valueCoding as Item | undefined
      if (coding !== undefined) return this.#choice({ code: coding.code ?? coding.display, display: coding.display })
      const value = option.valueString ?? option.valueInteger ?? option.valueDate ?? option.valueTime
      return this.#choice({ code: value, display: String(value) })
    })
    return name
  }

  /** An expression in CEL; one in another language is reported. */
  #cel (holder: Extended, url: string, linkId = String((holder as Item).linkId)): string | undefined {
    const found = valueOf(holder, url) as { language?: unknown, expression?: unknown } | undefined
    if (found === undefined) return undefined
    if (found.language === CEL && typeof found.expression === 'string') return found.expression
    this.#report(linkId, 'not_translated', `has an expression in ${String(found.language)}, which is not read`)
    return undefined
  }

  #report (linkId: string, code: string, message: string): void {
    this.issues.push({ linkId, code, message })
  }

  /** What has a value, as a node: whether it is one is checked at the end, with the whole. */
  #given (fields: object): Node {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as Node
  }
}

function unitOf (item: Item): unknown {
  return (valueOf(item, urls.unit) as { code?: unknown } | undefined)?.code
}

function isHelp (item: Item): boolean {
  if (item.type !== 'display') return false
  const control = valueOf(item, urls.itemControl) as { coding?: { code?: string }[] } | undefined
  return control?.coding?.some(({ code }) => code === 'help') ?? false
}
