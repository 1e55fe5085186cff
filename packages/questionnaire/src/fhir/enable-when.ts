import type { Item } from './read.ts'
import { listOf } from './extensions.ts'

const operators: Readonly<Record<string, string>> = {
  '=': '==',
  '!=': '!=',
  '>': '>',
  '<': '<',
  '>=': '>=',
  '<=': '<='
}

/** The CEL of `enableWhen`; undefined when there is none, or when a part cannot be said, which is reported. */
export function condition (
  item: Item,
  nameOf: (linkId: string) => string | undefined,
  report: (code: string, message: string) => void
): string | undefined {
  const parts = listOf<Item>(item.enableWhen).map((when) => {
    const name = nameOf(String(when.question))
    const part = name === undefined ? undefined : comparison(name, when)
    if (part === undefined) report('not_translated', `has an enableWhen on ${String(when.question)} that is not read`)
    return part
  })
  if (parts.length === 0 || parts.includes(undefined)) return undefined
  return parts.join(item.enableBehavior === 'any' ? ' || ' : ' && ')
}

function comparison (name: string, when: Item): string | undefined {
  const operator = String(when.operator)
  if (operator === 'exists') return `${name} ${when.answerBoolean === false ? '==' : '!='} null`
  const key = Object.keys(when).find((field) => field.startsWith('answer'))
  const value = key === undefined ? undefined : literal(key, when[key])
  const written = operators[operator]
  return value === undefined || written === undefined ? undefined : `${name} ${written} ${value}`
}

function literal (key: string, value: unknown): string | undefined {
  if (key === 'answerCoding') return JSON.stringify((value as { code?: unknown } | null)?.code ?? '')
  if (key === 'answerString') return JSON.stringify(value)
  if (key === 'answerInteger' || key === 'answerBoolean') return String(value)
  if (key === 'answerDecimal') return Number.isInteger(value) ? `${String(value)}.0` : String(value)
  const make = { answerDate: 'date', answerTime: 'time', answerDateTime: 'timestamp' }[key]
  return make === undefined ? undefined : `${make}(${JSON.stringify(value)})`
}
