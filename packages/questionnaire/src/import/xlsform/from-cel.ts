// From CEL to the expressions of XLSForm, the other way round than to-cel.ts: what it cannot say is a NotSaid.
import { parse, type Tree } from '../../expression/parse.ts'
import type { Kind } from './to-cel.ts'

export class NotSaid extends Error {}

interface Part {
  xpath: string
  kind: Kind
}
/** Kinds of the answers by their names, and whose answer `.` is. */
export interface Names {
  kinds: ReadonlyMap<string, Kind>
  own: string | null
}

/** The XPath of an expression. Throws NotSaid. */
export function toXPath (cel: string, names: Names, wanted?: 'condition'): string {
  const part = write(parse(cel), names)
  return wanted === 'condition' ? condition(part) : part.xpath
}

function condition ({ xpath, kind }: Part): string {
  return kind === 'yes_no' && /^(\$\{\w+\}|\.)$/.test(xpath) ? `(${xpath} = 'true')` : xpath
}

function write (tree: Tree, names: Names): Part {
  switch (tree.op) {
    case 'value':
      return literal(tree.args)
    case 'id':
      return { xpath: tree.args === names.own ? '.' : `\${${tree.args}}`, kind: names.kinds.get(tree.args) ?? 'text' }
    case '.':
      if (tree.args[0].op === 'id' && tree.args[0].args === 'choice') return { xpath: tree.args[1], kind: 'text' }
      break
    case '!_':
      return { xpath: `not(${condition(write(tree.args, names))})`, kind: 'yes_no' }
    case '-_': {
      const { xpath, kind } = write(tree.args, names)
      return { xpath: `-(${xpath})`, kind }
    }
    case '?:': {
      const [test, yes, no] = tree.args.map((part) => write(part, names)) as [Part, Part, Part]
      return {
        xpath: `if(${condition(test)}, ${yes.xpath}, ${no.xpath})`,
        kind: yes.kind === 'null' ? no.kind : yes.kind
      }
    }
    case '&&':
    case '||': {
      const [left, right] = tree.args.map((part) => condition(write(part, names)))
      return { xpath: `(${left} ${tree.op === '&&' ? 'and' : 'or'} ${right})`, kind: 'yes_no' }
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const [left, right] = tree.args.map((part) => write(part, names)) as [Part, Part]
      return { xpath: `(${left.xpath} ${tree.op === '==' ? '=' : tree.op} ${right.xpath})`, kind: 'yes_no' }
    }
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return sum(tree.op, write(tree.args[0], names), write(tree.args[1], names))
    case 'in':
      return selected(tree.args, names)
    case '[]': {
      const [list, index] = tree.args.map((part) => write(part, names)) as [Part, Part]
      return { xpath: `selected-at(${list.xpath}, ${index.xpath})`, kind: 'text' }
    }
    case 'call':
      return call(tree.args[0], tree.args[1], names)
    case 'rcall':
      return call(tree.args[0], [tree.args[1], ...tree.args[2]], names)
  }
  throw new NotSaid('has no counterpart in XLSForm')
}

function literal (value: unknown): Part {
  if (value === null) return { xpath: "''", kind: 'null' }
  if (typeof value === 'boolean') return { xpath: `${value}()`, kind: 'yes_no' }
  if (typeof value === 'bigint') return { xpath: String(value), kind: 'integer' }
  if (typeof value === 'number') return { xpath: decimalText(value), kind: 'decimal' }
  return { xpath: quoted(String(value)), kind: 'text' }
}

function decimalText (value: number): string {
  const text = String(value)
  if (!/^[\d.]+$/.test(text)) throw new NotSaid(`has the number ${text}`)
  return text.includes('.') ? text : `${text}.0`
}

function quoted (text: string): string {
  if (!text.includes("'")) return `'${text}'`
  if (!text.includes('"')) return `"${text}"`
  throw new NotSaid('has a text with both kinds of quotes')
}

function sum (op: '+' | '-' | '*' | '/' | '%', left: Part, right: Part): Part {
  if (op === '+' && (left.kind === 'text' || right.kind === 'text')) {
    return { xpath: `concat(${left.xpath}, ${right.xpath})`, kind: 'text' }
  }
  const whole = left.kind === 'integer' && right.kind === 'integer'
  if (op === '/') {
    const divided = `${left.xpath} div ${right.xpath}`
    return whole ? { xpath: `int(${divided})`, kind: 'integer' } : { xpath: `(${divided})`, kind: 'decimal' }
  }
  return { xpath: `(${left.xpath} ${op === '%' ? 'mod' : op} ${right.xpath})`, kind: whole ? 'integer' : 'decimal' }
}

function selected ([one, list]: [Tree, Tree], names: Names): Part {
  const name = write(one, names)
  if (list.op === 'list') {
    const tests = list.args.map((item) => `${name.xpath} = ${write(item, names).xpath}`)
    return { xpath: tests.length === 0 ? 'false()' : `(${tests.join(' or ')})`, kind: 'yes_no' }
  }
  return { xpath: `selected(${write(list, names).xpath}, ${name.xpath})`, kind: 'yes_no' }
}

const sameName: Readonly<Record<string, [string, Kind]>> = {
  coalesce: ['coalesce', 'null'],
  today: ['today', 'date'],
  now: ['now', 'date_time'],
  int: ['int', 'integer'],
  round: ['round', 'integer'],
  floor: ['floor', 'integer'],
  ceil: ['ceiling', 'integer'],
  abs: ['abs', 'null'],
  pow: ['pow', 'decimal'],
  min: ['min', 'null'],
  max: ['max', 'null'],
  contains: ['contains', 'yes_no'],
  startsWith: ['starts-with', 'yes_no'],
  endsWith: ['ends-with', 'yes_no'],
  substring: ['substr', 'text'],
  trim: ['normalize-space', 'text'],
  date: ['date', 'date']
}

function call (name: string, trees: Tree[], names: Names): Part {
  const gathered = overRepetitions(name, trees, names)
  if (gathered !== undefined) return gathered
  const args = trees.map((tree) => write(tree, names))
  const [first, second] = args
  const known = Object.hasOwn(sameName, name) ? sameName[name] : undefined
  if (known !== undefined) {
    const kind = known[1] === 'null' ? args.find((arg) => arg.kind !== 'null')?.kind ?? 'null' : known[1]
    return {
      xpath: `${known[0]}(${args.map(({ xpath }) => xpath).join(', ')})`,
      kind: name === 'round' && second ? 'decimal' : kind
    }
  }
  if (name === 'size' && first?.kind === 'list') return { xpath: `count-selected(${first.xpath})`, kind: 'integer' }
  if (name === 'size' && first?.kind === 'row') return { xpath: `count(${first.xpath})`, kind: 'integer' }
  if (name === 'size' && first?.kind === 'text') return { xpath: `string-length(${first.xpath})`, kind: 'integer' }
  if (name === 'double' && first !== undefined) return { xpath: `number(${first.xpath})`, kind: 'decimal' }
  if (name === 'string' && first !== undefined) return { xpath: `string(${first.xpath})`, kind: 'text' }
  if (name === 'addDays' && first && second) return { xpath: `(${first.xpath} + ${second.xpath})`, kind: 'date' }
  if (name === 'daysBetween' && first && second) return { xpath: `(${second.xpath} - ${first.xpath})`, kind: 'integer' }
  if (name === 'position') return { xpath: 'position(..)', kind: 'integer' }
  const pattern = trees[1]?.op === 'value' ? trees[1].args : undefined
  const whole = typeof pattern === 'string' ? /^\^\(\?:([^]*)\)\$$/.exec(pattern)?.[1] : undefined
  if (name === 'matches' && first !== undefined && whole !== undefined) {
    return { xpath: `regex(${first.xpath}, ${quoted(whole)})`, kind: 'yes_no' }
  }
  throw new NotSaid(`has ${name}, which has no counterpart in XLSForm`)
}

/** `sum(visits.map(v, v.cost))` is `sum(${cost})` there. */
function overRepetitions (name: string, [list]: Tree[], names: Names): Part | undefined {
  if (!['sum', 'min', 'max'].includes(name) || list?.op !== 'rcall' || list.args[0] !== 'map') return undefined
  const body = list.args[2][1]
  if (body?.op !== '.') return undefined
  return { xpath: `${name}(\${${body.args[1]}})`, kind: names.kinds.get(body.args[1]) ?? 'integer' }
}
