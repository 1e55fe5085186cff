import { addDays, daysBetween, readDate, readDateTime, readTime } from '../calendar.ts'
import { readNumber } from '../numerals.ts'
import { limits } from '../format.ts'
import { ExpressionError } from './parse.ts'
import { date, decimal, fits, integer, isNumber, joined, nameOf, text, type Type, typeOf, yesNo } from './type.ts'

/** A function without anything but its arguments, of which none is null when it is called. */
export interface PlainFunction {
  /** The type of the result; throws ExpressionError where the arguments are wrong. */
  type: (args: Type[], name: string) => Type
  run: (...args: any[]) => unknown
}

const anyText: Type[] = [text, integer, decimal, yesNo, date, typeOf('time'), typeOf('date_time')]

export const plainFunctions: Record<string, PlainFunction> = {
  size: {
    type: (args, name) => {
      if (!(args[0]?.is === 'list' || args[0]?.is === 'files')) expectArgs(args, name, [text])
      return integer
    },
    run: (value: string | unknown[]) => typeof value === 'string' ? [...value].length : value.length
  },
  int: { type: oneOf([integer, decimal, text], integer), run: (value) => whole(Math.trunc(readNumber(value) ?? NaN)) },
  double: { type: oneOf([integer, decimal, text], decimal), run: (value) => finite(readNumber(value) ?? NaN) },
  string: { type: oneOf(anyText, text), run: (value) => String(value) },
  date: {
    type: oneOf([text, date, typeOf('date_time')], date),
    run: (value: string) => readDate(value.slice(0, value.length === 24 ? 10 : undefined)) ?? null
  },
  time: { type: oneOf([text], typeOf('time')), run: (value) => readTime(value) ?? null },
  timestamp: { type: oneOf([text], typeOf('date_time')), run: (value) => readDateTime(value) ?? null },
  addDays: { type: exactly([date, integer], date), run: addDays },
  daysBetween: { type: exactly([date, date], integer), run: daysBetween },
  round: {
    type: (args, name) => {
      expectArgs(args, name, args.length > 1 ? [decimal, integer] : [decimal])
      return args.length > 1 ? decimal : integer
    },
    run: (value: number, digits = 0) => {
      const power = 10 ** Math.max(-15, Math.min(15, digits))
      return finite(Math.round(value * power) / power)
    }
  },
  floor: { type: exactly([decimal], integer), run: (value) => whole(Math.floor(value)) },
  ceil: { type: exactly([decimal], integer), run: (value) => whole(Math.ceil(value)) },
  abs: { type: sameNumber, run: Math.abs },
  pow: { type: exactly([decimal, decimal], decimal), run: (base, exponent) => finite(base ** exponent) },
  sum: { type: listOfNumbers, run: (list: number[]) => finite(list.reduce((total, value) => total + value, 0)) },
  min: { type: numbersOrList, run: (...args) => extreme(args, (a, b) => a < b) },
  max: { type: numbersOrList, run: (...args) => extreme(args, (a, b) => a > b) },
  substring: {
    type: (args, name) => expectArgs(args, name, args.length > 2 ? [text, integer, integer] : [text, integer], text),
    run: (value: string, from: number, to?: number) => value.slice(Math.max(0, from), to)
  },
  contains: { type: exactly([text, text], yesNo), run: (value: string, part: string) => value.includes(part) },
  startsWith: { type: exactly([text, text], yesNo), run: (value: string, part: string) => value.startsWith(part) },
  endsWith: { type: exactly([text, text], yesNo), run: (value: string, part: string) => value.endsWith(part) },
  trim: { type: exactly([text], text), run: (value: string) => value.trim().replace(/[ \t\n\r]+/g, ' ') }
}

/** A number that an integer can be, else null. */
export function whole (value: number): number | null {
  return Number.isSafeInteger(value) ? value + 0 : null
}

export function finite (value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** Two texts in a row; null where the whole grows past every bound. */
export function concatenated (one: string, other: string): string | null {
  return one.length + other.length > limits.textLength ? null : one + other
}

function expectArgs (args: Type[], name: string, wanted: Type[], result: Type = integer): Type {
  const right = args.length === wanted.length && wanted.every((type, index) => fits(args[index] ?? type, type))
  if (right) return result
  throw new ExpressionError(
    'expression_type',
    `${name} takes (${wanted.map(nameOf).join(', ')}), not (${args.map(nameOf).join(', ')})`
  )
}

function exactly (wanted: Type[], result: Type): PlainFunction['type'] {
  return (args, name) => expectArgs(args, name, wanted, result)
}

function oneOf (choices: Type[], result: Type): PlainFunction['type'] {
  return (args, name) => {
    const [only] = args
    if (args.length === 1 && only !== undefined && choices.some((choice) => fits(only, choice))) return result
    throw new ExpressionError('expression_type', `${name} takes one ${choices.map(nameOf).join(', ')}`)
  }
}

function sameNumber (args: Type[], name: string): Type {
  expectArgs(args, name, [decimal])
  return args[0] ?? decimal
}

function listOfNumbers (args: Type[], name: string): Type {
  const [list] = args
  if (args.length === 1 && list?.is === 'list' && isNumber(list.of)) return list.of
  throw new ExpressionError('expression_type', `${name} takes a list of numbers`)
}

function numbersOrList (args: Type[], name: string): Type {
  if (args.length === 1 && args[0]?.is === 'list') {
    const { of } = args[0]
    if (isNumber(of) || of.is === 'date') return of
  }
  const type = args.reduce<Type | undefined>((one, other) => one && joined(one, other), args[0])
  if (args.length > 1 && type !== undefined && (isNumber(type) || type.is === 'date')) return type
  throw new ExpressionError('expression_type', `${name} takes numbers or dates, or a list of them`)
}

function extreme (args: any[], better: (a: any, b: any) => boolean): unknown {
  const values = Array.isArray(args[0]) ? args[0] : args
  return values.length === 0 ? null : values.reduce((best, value) => better(value, best) ? value : best)
}
