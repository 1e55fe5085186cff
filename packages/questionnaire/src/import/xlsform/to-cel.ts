// From the expressions of XLSForm to CEL. An empty answer is '' there and null here, where numbers and texts are told
// apart.
import type { Type } from '../../expression/type.ts'
import { type Operator, parseXPath, type XPath, XPathError } from './xpath.ts'

export type Kind = Type['is']

/** What `${name}` stands for where an expression is. */
export interface Answer {
  name: string
  kind: Kind
  /** The repeat whose repetitions have it; null at the top. */
  repeat: string | null
}
export interface Place {
  /** By the name in the file; undefined when there is none. */
  answer: (name: string) => Answer | undefined
  /** The question that the expression belongs to. */
  own: string | null
  /** The repeats that the expression stands in, the innermost last. */
  repeats: readonly string[]
  /** Attributes of the choices of a filter, by their columns. */
  attributes?: ReadonlyMap<string, string>
}
interface Part {
  cel: string
  kind: Kind
}

/** The CEL of an expression, and what it gives. Throws XPathError with what cannot be said. */
export function toCel (source: string, place: Place, wanted?: 'condition'): Part {
  const part = translate(parseXPath(source), place)
  return wanted === 'condition' ? { cel: asCondition(part), kind: 'yes_no' } : part
}

function translate (tree: XPath, place: Place): Part {
  switch (tree.is) {
    case 'text':
      return tree.value === '' ? { cel: 'null', kind: 'null' } : { cel: quoted(tree.value), kind: 'text' }
    case 'number':
      return { cel: tree.value, kind: tree.value.includes('.') ? 'decimal' : 'integer' }
    case 'own':
      if (place.own === null) throw new XPathError('has “.” where there is no own answer')
      return answer(place.own, place)
    case 'answer':
      return answer(tree.name, place)
    case 'word':
      return word(tree.name, place)
    case 'negative': {
      const of = asNumber(translate(tree.of, place))
      return { cel: `-(${of.cel})`, kind: of.kind }
    }
    case 'binary':
      return binary(tree.op, translate(tree.left, place), translate(tree.right, place))
    case 'call':
      return call(tree, place)
  }
}

function answer (name: string, place: Place): Part {
  const found = place.answer(name)
  if (found === undefined) throw new XPathError(`asks for \${${name}}, which is no question`)
  if (found.repeat !== null && !place.repeats.includes(found.repeat)) {
    throw new XPathError(`asks for \${${name}}, which has an answer per repetition, outside of sum, count, min or max`)
  }
  return { cel: found.name, kind: found.kind }
}

/** A bare word is a column of the choices; elsewhere it is a path, which is not available. */
function word (name: string, place: Place): Part {
  const attribute = name === 'name' ? name : place.attributes?.get(name.toLowerCase())
  if (place.attributes === undefined || attribute === undefined) {
    throw new XPathError(`names “${name}”, which is nothing here`)
  }
  return { cel: `choice.${attribute}`, kind: 'text' }
}

function binary (op: Operator, left: Part, right: Part): Part {
  if (op === 'and' || op === 'or') {
    return { cel: `(${asCondition(left)} ${op === 'and' ? '&&' : '||'} ${asCondition(right)})`, kind: 'yes_no' }
  }
  if (op === '=' || op === '!=') {
    const [one, other] = alike(left, right)
    return { cel: `(${one.cel} ${op === '=' ? '==' : '!='} ${other.cel})`, kind: 'yes_no' }
  }
  if (op === '<' || op === '<=' || op === '>' || op === '>=') {
    const [one, other] = isDated(left) || isDated(right) ? alike(left, right) : [asNumber(left), asNumber(right)]
    return { cel: `(${one.cel} ${op} ${other.cel})`, kind: 'yes_no' }
  }
  if (isDated(left) || isDated(right)) return ofDates(op, left, right)
  const [one, other] = [asNumber(left), asNumber(right)]
  const whole = one.kind === 'integer' && other.kind === 'integer'
  if (op === 'div') return { cel: `(${whole ? `double(${one.cel})` : one.cel} / ${other.cel})`, kind: 'decimal' }
  if (op === 'mod' && !whole) throw new XPathError('takes “mod” of a number that is not whole')
  return { cel: `(${one.cel} ${op === 'mod' ? '%' : op} ${other.cel})`, kind: whole ? 'integer' : 'decimal' }
}

function isDated ({ kind }: Part): boolean {
  return kind === 'date' || kind === 'time' || kind === 'date_time'
}

function ofDates (op: Operator, left: Part, right: Part): Part {
  if (op === '-' && left.kind === 'date' && right.kind === 'date') {
    return { cel: `daysBetween(${right.cel}, ${left.cel})`, kind: 'integer' }
  }
  if ((op === '-' || op === '+') && left.kind === 'date' && right.kind === 'integer') {
    return { cel: `addDays(${left.cel}, ${op === '-' ? `-(${right.cel})` : right.cel})`, kind: 'date' }
  }
  throw new XPathError(`takes “${op}” of a ${left.kind} and a ${right.kind}`)
}

/** Both sides of an equation as one type: what is written in quotes is read as the other side's. */
function alike (left: Part, right: Part): [Part, Part] {
  if (left.kind === right.kind || left.kind === 'null' || right.kind === 'null') return [left, right]
  if (numeric(left) && numeric(right)) return [left, right]
  return right.kind === 'text' || right.kind === 'integer' ? [left, as(right, left)] : [as(left, right), right]
}

function as (part: Part, like: Part): Part {
  const literal = /^"[^"\\]*"$/.test(part.cel) ? part.cel.slice(1, -1) : undefined
  if (isDated(like) && literal !== undefined) {
    const make = { date: 'date', time: 'time', date_time: 'timestamp' }[like.kind as 'date' | 'time' | 'date_time']
    return { cel: `${make}(${part.cel})`, kind: like.kind }
  }
  if (numeric(like) && part.kind === 'text') return literal === undefined ? asNumber(part) : numberIn(literal)
  if (like.kind === 'text' && part.kind === 'integer') {
    return { cel: /^\d+$/.test(part.cel) ? `"${part.cel}"` : `string(${part.cel})`, kind: 'text' }
  }
  if (like.kind === 'yes_no' && literal !== undefined && /^(OK|yes|true|1)$/i.test(literal)) {
    return { cel: 'true', kind: 'yes_no' }
  }
  if (like.kind === 'yes_no' && literal !== undefined && /^(no|false|0)$/i.test(literal)) {
    return { cel: 'false', kind: 'yes_no' }
  }
  if (like.kind === 'list' && literal !== undefined) {
    return { cel: `[${literal.split(/\s+/).map(quoted).join(', ')}]`, kind: 'list' }
  }
  throw new XPathError(`compares a ${like.kind} with a ${part.kind}`)
}

function numberIn (literal: string): Part {
  if (!/^-?\d+(\.\d+)?$/.test(literal)) throw new XPathError(`compares a number with “${literal}”`)
  return { cel: literal, kind: literal.includes('.') ? 'decimal' : 'integer' }
}

function numeric ({ kind }: Part): boolean {
  return kind === 'integer' || kind === 'decimal'
}

function asNumber (part: Part): Part {
  if (numeric(part) || part.kind === 'null') return part
  if (part.kind === 'text') return { cel: `double(${part.cel})`, kind: 'decimal' }
  throw new XPathError(`counts with a ${part.kind}`)
}

function asText (part: Part): string {
  if (part.kind === 'list' || part.kind === 'files') throw new XPathError(`takes a ${part.kind} as a text`)
  if (part.kind === 'null') return '""'
  if (part.cel.startsWith('"')) return part.cel
  return `coalesce(${part.kind === 'text' ? part.cel : `string(${part.cel})`}, "")`
}

/** What counts as true in XPath: a text that is not empty, a number that is not 0. */
function asCondition (part: Part): string {
  if (part.kind === 'yes_no') return part.cel
  if (numeric(part)) return `(${part.cel} != null && ${part.cel} != 0)`
  return part.kind === 'null' ? 'false' : `(${part.cel} != null)`
}

function quoted (text: string): string {
  return JSON.stringify(text)
}

type Call = Extract<XPath, { is: 'call' }>
type Maker = (args: Part[], name: string) => Part

const of = (kind: Kind, write: (...args: string[]) => string, as: (part: Part) => string = ({ cel }) => cel): Maker =>
(
  args
) => ({ cel: write(...args.map(as)), kind })
const numberText = (part: Part) => asNumber(part).cel
const sameKind = (write: (...args: string[]) => string): Maker => (args) => {
  const numbers = args.map(asNumber)
  const kind = numbers.every((one) => one.kind === 'integer') ? 'integer' : 'decimal'
  return { cel: write(...numbers.map(({ cel }) => cel)), kind }
}

/** Functions by their name and count of arguments; `n` is any count. */
const functions: Readonly<Record<string, Maker>> = {
  'selected/2': ([list, choice]) => {
    if (list === undefined || choice === undefined) throw new XPathError('selected takes two')
    const name = choice.kind === 'integer' ? as(choice, { cel: '', kind: 'text' }) : choice
    return {
      cel: list.kind === 'list' ? `(${name.cel} in ${list.cel})` : `(${list.cel} == ${name.cel})`,
      kind: 'yes_no'
    }
  },
  'not/1': of('yes_no', (a) => `!(${a})`, asCondition),
  'boolean/1': of('yes_no', (a) => a, asCondition),
  'true/0': of('yes_no', () => 'true'),
  'false/0': of('yes_no', () => 'false'),
  'if/3': ([test, yes, no]) => {
    if (test === undefined || yes === undefined || no === undefined) throw new XPathError('if takes three')
    const [one, other] = alike(yes, no)
    const kind = one.kind === 'null' || (numeric(one) && other.kind === 'decimal') ? other.kind : one.kind
    return { cel: `(${asCondition(test)} ? ${one.cel} : ${other.cel})`, kind }
  },
  'coalesce/2': ([first, second]) => {
    if (first === undefined || second === undefined) throw new XPathError('coalesce takes two')
    const [one, other] = alike(first, second)
    return { cel: `coalesce(${one.cel}, ${other.cel})`, kind: one.kind === 'null' ? other.kind : one.kind }
  },
  'count-selected/1': ([list]) => {
    if (list?.kind !== 'list') throw new XPathError('count-selected takes a choice of many')
    return { cel: `size(coalesce(${list.cel}, []))`, kind: 'integer' }
  },
  'selected-at/2': of('text', (a, b) => `${a}[${b}]`),
  'string-length/1': of('integer', (a) => `size(${a})`, asText),
  'concat/n': (args) => ({ cel: `(${args.map(asText).join(' + ')})`, kind: 'text' }),
  'string/1': of('text', (a) => a, asText),
  'number/1': (args) => args.map(asNumber)[0] ?? { cel: 'null', kind: 'null' },
  'contains/2': of('yes_no', (a, b) => `contains(${a}, ${b})`, asText),
  'starts-with/2': of('yes_no', (a, b) => `startsWith(${a}, ${b})`, asText),
  'ends-with/2': of('yes_no', (a, b) => `endsWith(${a}, ${b})`, asText),
  'normalize-space/1': of('text', (a) => `trim(${a})`, asText),
  'substr/2': of('text', (a, b) => `substring(${a}, ${b})`),
  'substr/3': of('text', (a, b, c) => `substring(${a}, ${b}, ${c})`),
  'regex/2': ([subject, pattern]) => {
    if (subject?.kind !== 'text' || !pattern?.cel.startsWith('"')) {
      throw new XPathError('regex takes a text and a pattern')
    }
    return { cel: `${subject.cel}.matches(${quoted(`^(?:${JSON.parse(pattern.cel) as string})$`)})`, kind: 'yes_no' }
  },
  'today/0': of('date', () => 'today()'),
  'now/0': of('date_time', () => 'now()'),
  'date/1': of('date', (a) => `date(${a})`),
  'int/1': of('integer', (a) => `int(${a})`, numberText),
  'round/1': of('integer', (a) => `round(${a})`, numberText),
  'round/2': of('decimal', (a, b) => `round(${a}, ${b})`, numberText),
  'floor/1': of('integer', (a) => `floor(${a})`, numberText),
  'ceiling/1': of('integer', (a) => `ceil(${a})`, numberText),
  'abs/1': sameKind((a) => `abs(${a})`),
  'pow/2': of('decimal', (a, b) => `pow(${a}, ${b})`, numberText),
  'min/n': sameKind((...args) => `min(${args.join(', ')})`),
  'max/n': sameKind((...args) => `max(${args.join(', ')})`)
}

function call ({ name, args }: Call, place: Place): Part {
  const [only] = args
  if (args.length === 1 && only?.is === 'answer') {
    const gathered = overRepetitions(name, only.name, place)
    if (gathered !== undefined) return gathered
  }
  if (name === 'position' && args.length === 1) return { cel: 'position()', kind: 'integer' }
  const key = [`${name}/${args.length}`, `${name}/n`].find((key) => Object.hasOwn(functions, key))
  const make = key === undefined ? undefined : functions[key]
  if (make === undefined) {
    throw new XPathError(`has the function ${name}(), which has no counterpart with ${args.length} arguments`)
  }
  return make(args.map((arg) => translate(arg, place)), name)
}

/** `sum`, `count`, `min` and `max` of an answer that each repetition has, and the count of a repeat. */
function overRepetitions (name: string, asked: string, place: Place): Part | undefined {
  const found = place.answer(asked)
  if (found === undefined) return undefined
  if (name === 'count' && found.kind === 'row') return { cel: `size(${found.name})`, kind: 'integer' }
  if (found.repeat === null || place.repeats.includes(found.repeat)) return undefined
  if (name === 'count') return { cel: `size(${found.repeat}.filter(r, r.${found.name} != null))`, kind: 'integer' }
  if (!['sum', 'min', 'max'].includes(name)) return undefined
  return { cel: `${name}(${found.repeat}.map(r, r.${found.name}))`, kind: found.kind }
}
