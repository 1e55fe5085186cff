// The expressions of XLSForm: XPath 1.0 with ${name} for an answer and `.` for the own one.
import { asciiDigits } from '../../numerals.ts'

export type XPath =
  | { is: 'text', value: string }
  | { is: 'number', value: string }
  | { is: 'answer', name: string }
  | { is: 'word', name: string }
  | { is: 'own' }
  | { is: 'call', name: string, args: XPath[] }
  | { is: 'negative', of: XPath }
  | { is: 'binary', op: Operator, left: XPath, right: XPath }
export type Operator = 'or' | 'and' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | 'div' | 'mod'

/** An expression that cannot be read, or says what CEL over answers cannot. */
export class XPathError extends Error {}

const precedence: Readonly<Record<Operator, number>> = {
  or: 1,
  and: 2,
  '=': 3,
  '!=': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  div: 6,
  mod: 6
}
const depthMax = 40
const token = new RegExp(
  [
    /\s+/,
    /(\$\{\s*[^{}\s]+\s*\})/,
    /("[^"]*"|'[^']*'|“[^”]*”|‘[^’]*’)/,
    /(\d+(?:\.\d+)?|\.\d+)/,
    /(<=|>=|!=|[=<>+*-])/,
    /([(),])/,
    /(\.)(?![.\d/])/,
    /([A-Za-z_\p{L}][\w\p{L}-]*(?::[A-Za-z_][\w-]*)?)(?!\s*::)/u
  ].map(({ source }) => source).join('|'),
  'uy'
)

/** In the order of the expression's groups. */
const kinds = ['answer', 'text', 'number', 'op', 'mark', 'own', 'word'] as const

interface Token {
  kind: typeof kinds[number]
  text: string
}

/** The tree of an expression. Throws XPathError. */
export function parseXPath (source: string): XPath {
  if (source.length > 5_000) throw new XPathError('is longer than 5000 characters')
  return new Parser(tokensOf(source)).whole()
}

function tokensOf (source: string): Token[] {
  const tokens: Token[] = []
  // Digits of other scripts are digits, but not within quotes.
  const text = source.replace(/"[^"]*"|'[^']*'|[٠-٩۰-۹٫]+/g, (part) => /^["']/.test(part) ? part : asciiDigits(part))
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const at = token.lastIndex
    const match = token.exec(text)
    if (match === null) {
      throw new XPathError(`cannot be read from “${text.slice(at, at + 20)}”: paths are not available`)
    }
    // By their place: the groups by name would be made anew for each match.
    const place = match.findIndex((value, index) => index > 0 && value !== undefined)
    const kind = kinds[place - 1]
    if (kind !== undefined) tokens.push({ kind, text: match[place] ?? '' })
  }
  return tokens
}

class Parser {
  readonly #tokens: Token[]
  #at = 0
  #depth = 0

  constructor (tokens: Token[]) {
    this.#tokens = tokens
  }

  whole (): XPath {
    const tree = this.#binary(1)
    const left = this.#tokens[this.#at]
    if (left !== undefined) throw new XPathError(`has “${left.text}” where it should end`)
    return tree
  }

  #binary (least: number): XPath {
    if (++this.#depth > depthMax) throw new XPathError(`is deeper than ${depthMax} levels`)
    let left = this.#unary()
    for (let op = this.#operator(); op !== undefined && precedence[op] >= least; op = this.#operator()) {
      this.#at++
      left = { is: 'binary', op, left, right: this.#binary(precedence[op] + 1) }
    }
    this.#depth--
    return left
  }

  #operator (): Operator | undefined {
    const next = this.#tokens[this.#at]
    const isOne = next?.kind === 'op' || (next?.kind === 'word' && Object.hasOwn(precedence, next.text))
    return isOne ? next.text as Operator : undefined
  }

  #unary (): XPath {
    const next = this.#tokens[this.#at++]
    if (next === undefined) throw new XPathError('ends too early')
    switch (next.kind) {
      case 'text':
        return { is: 'text', value: next.text.slice(1, -1) }
      case 'number':
        return { is: 'number', value: next.text.replace(/^\./, '0.') }
      case 'answer':
        return { is: 'answer', name: next.text.slice(2, -1).trim() }
      case 'own':
        return { is: 'own' }
      case 'word':
        return this.#accept('(') ? { is: 'call', name: next.text, args: this.#args() } : { is: 'word', name: next.text }
      case 'op':
        if (next.text === '-') return { is: 'negative', of: this.#unary() }
        break
      case 'mark':
        if (next.text !== '(') break
        return this.#inner()
    }
    throw new XPathError(`has “${next.text}” where a value should be`)
  }

  #inner (): XPath {
    const inner = this.#binary(1)
    this.#expect(')')
    return inner
  }

  #args (): XPath[] {
    if (this.#accept(')')) return []
    const args = [this.#binary(1)]
    while (this.#accept(',')) args.push(this.#binary(1))
    this.#expect(')')
    return args
  }

  #accept (mark: string): boolean {
    const next = this.#tokens[this.#at]
    if (next?.kind !== 'mark' || next.text !== mark) return false
    this.#at++
    return true
  }

  #expect (mark: string): void {
    if (!this.#accept(mark)) throw new XPathError(`lacks a “${mark}”`)
  }
}
