// What an answer of each kind must look like in JSON. Reading gives its value for expressions and its clean form.
import { readDate, readDateTime, readTime } from './calendar.ts'
import { compilePattern } from './expression/pattern.ts'
import type { Choice, Question, QuestionOf } from './format.ts'
import { limits } from './format.ts'
import { readNumber } from './numerals.ts'

/** Why an answer is refused: a code of faults.ts, with what its text names. */
export class Refusal {
  readonly code: string
  readonly params: Readonly<Record<string, string | number>>

  constructor (code: string, params: Record<string, string | number> = {}) {
    this.code = code
    this.params = params
  }
}
/** An answer whose value in expressions differs from what is stored. */
export class Shown {
  readonly value: unknown
  readonly answer: unknown

  constructor (value: unknown, answer: unknown) {
    this.value = value
    this.answer = answer
  }
}
/** The value (null for none), or Shown, or a Refusal. Its argument is never undefined or null. */
export type Reader = (raw: unknown) => unknown

/** The name by which an answer of one's own is known in expressions. */
export const OTHER = 'other'

export function readerOf (question: Question, choices: readonly Choice[]): Reader {
  switch (question.kind) {
    case 'text':
    case 'long_text':
      return textReader(question)
    case 'integer':
      return bounded(question.min, question.max, readInteger)
    case 'rating':
      return bounded(question.min ?? 1, question.max, readInteger)
    case 'decimal':
      return bounded(question.min, question.max, (raw) => readNumber(raw) ?? new Refusal('not_number'))
    case 'date':
      return bounded(question.min, question.max, readText(readDate, 'not_date'))
    case 'time':
      return bounded(readTime(question.min ?? ''), readTime(question.max ?? ''), readText(readTime, 'not_time'))
    case 'date_time':
      return bounded(
        readDateTime(question.min ?? ''),
        readDateTime(question.max ?? ''),
        readText(readDateTime, 'not_date_time')
      )
    case 'yes_no':
      return (raw) => typeof raw === 'boolean' ? raw : new Refusal('not_yes_no')
    case 'one_of':
      return choiceReader(question, choices)
    case 'many_of':
      return choicesReader(question, choices)
    case 'file':
      return filesReader(question)
    default:
      return (raw) => raw
  }
}

// Control characters other than tab and line ends, and halves of characters: no store holds them safely.
const unwanted = /[\p{Cs}\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/u // eslint-disable-line no-control-regex

function cleanText (raw: unknown): string | null | Refusal {
  if (typeof raw !== 'string') return new Refusal('not_text')
  if (unwanted.test(raw)) return new Refusal('text_characters')
  return raw.trim() === '' ? null : raw
}

function textReader (
  { minLength = 0, maxLength = limits.textLength, pattern }: QuestionOf<'text' | 'long_text'>
): Reader {
  const whole = pattern === undefined ? undefined : compilePattern(pattern, 'whole')
  return (raw) => {
    const text = cleanText(raw)
    if (typeof text !== 'string') return text
    const length = text.length < minLength || text.length > maxLength || minLength > 0 ? [...text].length : text.length
    if (length < minLength) return new Refusal('too_short', { min: minLength })
    if (length > maxLength) return new Refusal('too_long', { max: maxLength })
    return whole === undefined || whole(text) ? text : new Refusal('pattern')
  }
}

function readInteger (raw: unknown): number | Refusal {
  const number = typeof raw === 'number' ? raw : readNumber(raw)
  return number !== undefined && Number.isSafeInteger(number) ? number + 0 : new Refusal('not_integer')
}

function readText (read: (text: string) => string | undefined, code: string): Reader {
  return (raw) => typeof raw === 'string' ? read(raw) ?? new Refusal(code) : new Refusal(code)
}

function bounded<T extends string | number> (min: T | undefined, max: T | undefined, read: Reader): Reader {
  if (min === undefined && max === undefined) return read
  return (raw) => {
    const value = read(raw)
    if (value instanceof Refusal) return value
    if (min !== undefined && (value as T) < min) return new Refusal('too_small', { min })
    return max !== undefined && (value as T) > max ? new Refusal('too_large', { max }) : value
  }
}

function choiceReader ({ other = false }: QuestionOf<'one_of'>, choices: readonly Choice[]): Reader {
  const names = new Set(choices.map(({ name }) => name))
  return (raw) => {
    if (typeof raw !== 'string') return ownAnswer(raw, other)
    return names.has(raw) ? raw : new Refusal('not_a_choice')
  }
}

function ownAnswer (raw: unknown, allowed: boolean): Shown | Refusal {
  const isOwn = typeof raw === 'object' && raw !== null && Object.keys(raw).length === 1 && Object.hasOwn(raw, OTHER)
  if (!isOwn) return new Refusal('not_a_choice')
  if (!allowed) return new Refusal('other_not_allowed')
  const text = cleanText((raw as { other: unknown }).other)
  if (text === null) return new Refusal('not_text')
  if (text instanceof Refusal) return text
  return text.length > 1_000 ? new Refusal('too_long', { max: 1_000 }) : new Shown(OTHER, { other: text })
}

function choicesReader (question: QuestionOf<'many_of'>, choices: readonly Choice[]): Reader {
  const one = choiceReader({ ...question, kind: 'one_of' }, choices)
  return (raw) => {
    if (!Array.isArray(raw) || raw.length > choices.length + 1) return new Refusal('not_choices')
    const values: unknown[] = []
    const answers: unknown[] = []
    for (const item of raw) {
      const read = one(item)
      if (read instanceof Refusal) return read
      values.push(read instanceof Shown ? read.value : read)
      answers.push(read instanceof Shown ? read.answer : read)
    }
    if (new Set(values).size < values.length) return new Refusal('choice_twice')
    if (values.length === 0) return null
    const { minChoices = 0, maxChoices = Infinity } = question
    if (values.length < minChoices) return new Refusal('too_few_choices', { min: minChoices })
    if (values.length > maxChoices) return new Refusal('too_many_choices', { max: maxChoices })
    return new Shown(values, answers)
  }
}

interface FileAnswer {
  id: string
  name: string
  mediaType: string
  bytes: number
}
const fileFields = ['id', 'name', 'mediaType', 'bytes']

function filesReader ({ mediaTypes, maxBytes = Infinity, maxFiles = 1 }: QuestionOf<'file'>): Reader {
  return (raw) => {
    if (!Array.isArray(raw)) return new Refusal('not_files')
    if (raw.length > maxFiles) return new Refusal('too_many_files', { max: maxFiles })
    for (const file of raw) {
      if (!isFile(file)) return new Refusal('not_files')
      if (mediaTypes !== undefined && !mediaTypes.some((type) => fitsType(file.mediaType, type))) {
        return new Refusal('file_type', { allowed: mediaTypes.join(', ') })
      }
      if (file.bytes > maxBytes) return new Refusal('file_size', { max: maxBytes })
    }
    return raw.length === 0 ? null : raw
  }
}

function isFile (value: unknown): value is FileAnswer {
  if (typeof value !== 'object' || value === null) return false
  const { id, name, mediaType, bytes } = value as Partial<Record<keyof FileAnswer, unknown>>
  return Object.keys(value).every((key) => fileFields.includes(key)) &&
    [id, name, mediaType].every((text) =>
      typeof text === 'string' && text.length > 0 && text.length <= 500 && typeof cleanText(text) === 'string'
    ) && Number.isSafeInteger(bytes) && (bytes as number) >= 0
}

function fitsType (type: string, allowed: string): boolean {
  return allowed.endsWith('/*') ? type.startsWith(allowed.slice(0, -1)) : type === allowed
}
