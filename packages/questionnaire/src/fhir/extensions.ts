// FHIR's JSON as far as questionnaires need it: extensions, expressions and translated texts.
import type { Texts } from '../format.ts'

export interface Extension {
  url: string
  extension?: Extension[]
  [value: `value${string}`]: unknown
  [value: `_value${string}`]: unknown
}
export interface Extended {
  extension?: Extension[]
}
type Json = Readonly<Record<string, unknown>>

const HL7 = 'http://hl7.org/fhir/StructureDefinition/'
const SDC = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/'
const OWN = 'urn:dueline:questionnaire:'
export const CEL = 'text/cel'
export const urls = {
  translation: `${HL7}translation`,
  minValue: `${HL7}minValue`,
  maxValue: `${HL7}maxValue`,
  minLength: `${HL7}minLength`,
  regex: `${HL7}regex`,
  mimeType: `${HL7}mimeType`,
  unit: `${HL7}questionnaire-unit`,
  minOccurs: `${HL7}questionnaire-minOccurs`,
  maxOccurs: `${HL7}questionnaire-maxOccurs`,
  itemControl: `${HL7}questionnaire-itemControl`,
  constraint: `${HL7}targetConstraint`,
  enableWhenExpression: `${SDC}sdc-questionnaire-enableWhenExpression`,
  calculatedExpression: `${SDC}sdc-questionnaire-calculatedExpression`,
  initialExpression: `${SDC}sdc-questionnaire-initialExpression`,
  kind: `${OWN}kind`,
  language: `${OWN}language`,
  required: `${OWN}required`,
  requiredMessage: `${OWN}requiredMessage`,
  constraintMessage: `${OWN}constraintMessage`,
  readOnly: `${OWN}readOnly`,
  filter: `${OWN}filter`,
  count: `${OWN}count`,
  maxBytes: `${OWN}maxBytes`,
  maxFiles: `${OWN}maxFiles`,
  attribute: `${OWN}attribute`
} as const

export function celExtension (url: string, expression: string): Extension {
  return { url, valueExpression: { language: CEL, expression } }
}

/** A text in the first language, with its translations beside it: `{ text, _text }`. */
export function textFields (field: string, texts: Texts | undefined, first: string): Record<string, unknown> {
  if (texts === undefined) return {}
  const translations = Object.entries(texts).filter(([language]) => language !== first).map(([language, content]) => ({
    url: urls.translation,
    extension: [{ url: 'lang', valueCode: language }, { url: 'content', valueString: content }]
  }))
  return {
    ...(texts[first] === undefined ? {} : { [field]: texts[first] }),
    ...(translations.length > 0 ? { [`_${field}`]: { extension: translations } } : {})
  }
}

export function textsOf (holder: Json, field: string, first: string): Texts | undefined {
  const texts: Texts = {}
  const own = holder[field]
  if (typeof own === 'string' && own !== '') texts[first] = own
  const beside = holder[`_${field}`] as Extended | undefined
  for (const { url, extension = [] } of listOf<Extension>(beside?.extension)) {
    const language = extension.find((part) => part.url === 'lang')?.valueCode
    const content = extension.find((part) => part.url === 'content')?.valueString
    if (url !== urls.translation || typeof language !== 'string' || typeof content !== 'string') continue
    texts[language] = content
  }
  return Object.keys(texts).length > 0 ? texts : undefined
}

/** The value of an extension by its URL and the end of its name: `valueInteger`. */
export function valueOf (holder: Extended, url: string): unknown {
  const found = listOf<Extension>(holder.extension).find((one) => one?.url === url)
  const key = Object.keys(found ?? {}).find((name) => name.startsWith('value'))
  return key === undefined ? undefined : found?.[key as 'value']
}

export function listOf<T> (value: unknown): T[] {
  return Array.isArray(value) ? value as T[] : []
}
