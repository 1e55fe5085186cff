import { refused } from './scim-error.ts'

/** A word of a filter: a mark, a literal, or the name of an attribute or operator. */
export type Word =
  | { readonly kind: 'mark', readonly text: '(' | ')' | '[' | ']' | '.', readonly at: number }
  | { readonly kind: 'value', readonly value: string | number | boolean | null, readonly at: number }
  | { readonly kind: 'name', readonly text: string, readonly at: number }

/** Longer filters are refused unread. */
const lengthMax = 8_000

const blank = /[ \t\r\n]+/y
// eslint-disable-next-line no-control-regex
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.:$-])/y
const name = /[A-Za-z$][\w:.$-]*/y
const literals: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }

function wordAt (text: string, at: number): { word: Word | null, end: number } {
  const read = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  const space = read(blank)
  if (space !== undefined) return { word: null, end: at + space.length }
  const mark = text[at]!
  if ('()[].'.includes(mark)) return { word: { kind: 'mark', text: mark as '(', at }, end: at + 1 }
  const literal = read(string) ?? read(number)
  if (literal !== undefined) {
    const value = JSON.parse(literal) as string | number
    // no resource has one, and Postgres takes none
    if (String(value).includes('\0')) refused('invalidFilter', `a zero character stands at character ${at + 1}`)
    return { word: { kind: 'value', value, at }, end: at + literal.length }
  }
  const found = read(name)
  if (found === undefined) return refused('invalidFilter', `the filter cannot be read at character ${at + 1}`)
  const value = literals[found.toLowerCase()]
  const word: Word = value === undefined ? { kind: 'name', text: found, at } : { kind: 'value', value, at }
  return { word, end: at + found.length }
}

/** The words of a filter. @throws ScimError invalidFilter */
export function wordsOf (text: string): Word[] {
  if (text.length > lengthMax) refused('invalidFilter', `a filter may have ${lengthMax} characters`)
  const words: Word[] = []
  for (let at = 0; at < text.length;) {
    const { word, end } = wordAt(text, at)
    if (word !== null) words.push(word)
    at = end
  }
  return words
}
