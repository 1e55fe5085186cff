// As a namespace, so that what browsers load has only the parts in use.
import * as Type from 'typebox'

/** The format's name and version, in every questionnaire: a reader of another version refuses it by this. */
export const FORMAT = 'dueline.questionnaire.v1'

/** The most of each thing; a questionnaire beyond them is refused. */
export const limits = {
  nodes: 5_000,
  depth: 12,
  languages: 40,
  choicesPerList: 2_000,
  expressionLength: 2_000,
  textLength: 10_000,
  /** Of a repeat without `max`. */
  repetitions: 200,
  /** Steps of one validation that lists of repetitions may cost. */
  steps: 200_000
} as const

/** ASCII, so that a name is the same in an expression, a column, a JSON key and an XML element. */
export const namePattern = '^(?:[A-Za-z]|_(?!_))[A-Za-z0-9_]{0,63}$'
/** BCP 47; `und` where the source named none. */
export const languagePattern = '^([a-z]{2,3}|x)(-[A-Za-z0-9]{1,16}){0,4}$'

const closed = { additionalProperties: false }
// The pattern is a string to the compiler, which would otherwise read a type out of it.
const patterned = (pattern: string, more: Type.TStringOptions = {}) => Type.String({ pattern, ...more })
const Name = patterned(namePattern)
const Expression = Type.String({
  minLength: 1,
  maxLength: limits.expressionLength,
  description: 'CEL over the answers by their names'
})
const Texts = Type.Record(
  patterned(languagePattern),
  Type.String({ minLength: 1, maxLength: limits.textLength }),
  { ...closed, description: 'A text per language tag' }
)
/** A text per language tag. */
export type Texts = Type.Static<typeof Texts>

export const Choice = Type.Object({
  name: patterned('^\\S+$', { minLength: 1, maxLength: 200 }),
  label: Type.Optional(Texts),
  attributes: Type.Optional(Type.Record(Name, Type.String({ maxLength: 1_000 }), {
    ...closed,
    description: 'What filters read as `choice.NAME`'
  }))
}, { ...closed, description: 'One choice of a list' })
export type Choice = Type.Static<typeof Choice>

const common = {
  name: Name,
  label: Type.Optional(Texts),
  hint: Type.Optional(Texts),
  relevant: Type.Optional(Expression)
}
const asked = {
  ...common,
  required: Type.Optional(Type.Union([Type.Boolean(), Expression])),
  requiredMessage: Type.Optional(Texts),
  readOnly: Type.Optional(Type.Union([Type.Boolean(), Expression])),
  constraint: Type.Optional(Expression),
  constraintMessage: Type.Optional(Texts),
  default: Type.Optional(Expression)
}
const texts = {
  minLength: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.textLength })),
  maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.textLength })),
  pattern: Type.Optional(Type.String({
    minLength: 1,
    maxLength: 500,
    description: 'RE2 syntax, for the whole answer: no look-around, no back-reference, matched in linear time'
  }))
}
const numbers = {
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  unit: Type.Optional(Type.String({ minLength: 1, maxLength: 50, description: 'UCUM where there is a code' }))
}
const bounds = (pattern: string) => ({
  min: Type.Optional(patterned(pattern)),
  max: Type.Optional(patterned(pattern))
})
export const datePattern = '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
export const timePattern = '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$'
export const dateTimePattern = '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]' +
  '(:[0-5][0-9](\\.[0-9]{1,6})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$'
const list = {
  list: Name,
  filter: Type.Optional(Expression),
  other: Type.Optional(Type.Boolean({ description: 'An answer of one’s own is allowed: `{ "other": TEXT }`' }))
}
const kind = <K extends string>(name: K) => ({ kind: Type.Literal(name) })
export const resultTypes = ['text', 'integer', 'decimal', 'yes_no', 'date', 'time', 'date_time'] as const

/** What each kind of question may have, by its name. */
export const questionSchemas = {
  text: Type.Object({ ...kind('text'), ...asked, ...texts }, closed),
  long_text: Type.Object({ ...kind('long_text'), ...asked, ...texts }, closed),
  integer: Type.Object({ ...kind('integer'), ...asked, ...numbers }, closed),
  decimal: Type.Object({ ...kind('decimal'), ...asked, ...numbers }, closed),
  date: Type.Object({ ...kind('date'), ...asked, ...bounds(datePattern) }, closed),
  time: Type.Object({ ...kind('time'), ...asked, ...bounds(timePattern) }, closed),
  date_time: Type.Object({ ...kind('date_time'), ...asked, ...bounds(dateTimePattern) }, closed),
  yes_no: Type.Object({ ...kind('yes_no'), ...asked }, closed),
  one_of: Type.Object({ ...kind('one_of'), ...asked, ...list }, closed),
  many_of: Type.Object({
    ...kind('many_of'),
    ...asked,
    ...list,
    minChoices: Type.Optional(Type.Integer({ minimum: 1 })),
    maxChoices: Type.Optional(Type.Integer({ minimum: 1 }))
  }, closed),
  rating: Type.Object({
    ...kind('rating'),
    ...asked,
    min: Type.Optional(Type.Integer()),
    max: Type.Integer({ description: 'The best; the worst is `min`, 1 unless given' })
  }, closed),
  file: Type.Object({
    ...kind('file'),
    ...asked,
    mediaTypes: Type.Optional(Type.Array(patterned('^[a-z]+/([a-z0-9.+-]+|\\*)$'), { minItems: 1 })),
    maxBytes: Type.Optional(Type.Integer({ minimum: 1 })),
    maxFiles: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: '1 unless given' }))
  }, closed),
  note: Type.Object({ ...kind('note'), ...common }, closed),
  calculated: Type.Object({
    ...kind('calculated'),
    ...common,
    calculation: Expression,
    type: Type.Unsafe<typeof resultTypes[number]>({ enum: [...resultTypes], description: 'Of the result' }),
    unit: Type.Optional(Type.String({ minLength: 1, maxLength: 50 }))
  }, closed)
}
type QuestionSchemas = typeof questionSchemas
export type QuestionKind = keyof QuestionSchemas
/** A leaf of the tree; all but notes have an answer. */
export type Question = { [K in QuestionKind]: Type.Static<QuestionSchemas[K]> }[QuestionKind]
export type QuestionOf<K extends QuestionKind> = Extract<Question, { kind: K }>

/** The inner nodes; what their `items` may be is given by the caller, for one level or for the whole tree. */
export function containerSchemas<T extends Type.TSchema> (item: T) {
  const items = Type.Array(item, { minItems: 1 })
  return {
    section: Type.Object({ ...kind('section'), ...common, items }, closed),
    group: Type.Object({ ...kind('group'), ...common, items }, closed),
    repeat: Type.Object({
      ...kind('repeat'),
      ...common,
      items,
      min: Type.Optional(Type.Integer({ minimum: 0 })),
      max: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
      count: Type.Optional(Expression)
    }, closed)
  }
}
interface Common {
  name: string
  label?: Texts
  hint?: Texts
  relevant?: string
}
/** A page or chapter, only at the top. */
export interface Section extends Common {
  kind: 'section'
  items: Node[]
}
export interface Group extends Common {
  kind: 'group'
  items: Node[]
}
/** Its answers are a list of objects; `count` says how many there must be, otherwise from `min` to `max`. */
export interface Repeat extends Common {
  kind: 'repeat'
  items: Node[]
  min?: number
  max?: number
  count?: string
}
export type Container = Section | Group | Repeat
export type Node = Container | Question

const head = {
  format: Type.Literal(FORMAT),
  name: Name,
  version: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  title: Type.Optional(Texts),
  languages: Type.Array(
    Type.Object({
      tag: patterned(languagePattern),
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'As the source wrote it' }))
    }, closed),
    { minItems: 1, maxItems: limits.languages, description: 'The first is the one to fall back to' }
  ),
  lists: Type.Optional(Type.Record(
    Name,
    Type.Array(Choice, { minItems: 1, maxItems: limits.choicesPerList }),
    { ...closed, description: 'Lists of choices by name' }
  ))
}
/** Everything but the tree. */
export const Head = Type.Object({ ...head, items: Type.Array(Type.Unknown(), { minItems: 1 }) }, closed)
export type Language = { tag: string, name?: string }
/** One version of a questionnaire, whole and by itself. */
export interface Questionnaire {
  format: typeof FORMAT
  name: string
  version?: string
  title?: Texts
  languages: Language[]
  lists?: Record<string, Choice[]>
  items: Node[]
}

/** The published JSON Schema (2020-12) of a questionnaire. Names, expressions and cycles are checked beyond it. */
export const questionnaireSchema = Type.Object({
  ...head,
  items: Type.Array(Type.Ref('#/$defs/Node'), { minItems: 1 })
}, {
  ...closed,
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Questionnaire',
  $defs: {
    Node: Type.Union([...Object.values(containerSchemas(Type.Ref('#/$defs/Node'))), ...Object.values(questionSchemas)])
  }
})
