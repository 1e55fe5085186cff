/** What an expression's value is. Any value may be missing too, which is `null`. */
export type Type =
  | { is: 'integer' | 'decimal' | 'text' | 'yes_no' | 'date' | 'time' | 'date_time' | 'null' | 'choice' | 'files' }
  | { is: 'list', of: Type }
  | { is: 'row', scope: Scope }

/** A level of answers, by which frames are laid out: the questionnaire itself, or the repetitions of one repeat. */
export interface Scope {
  parent: Scope | null
  /** The repeat whose repetitions these are; null at the top. */
  repeat: string | null
  /** How many slots a frame of it has. */
  size: number
}

/** What a name of an expression stands for. */
export interface Variable {
  name: string
  type: Type
  scope: Scope
  slot: number
}

export const typeOf = (is: Exclude<Type['is'], 'list' | 'row'>): Type => ({ is })
export const integer = typeOf('integer')
export const decimal = typeOf('decimal')
export const text = typeOf('text')
export const yesNo = typeOf('yes_no')
export const date = typeOf('date')
export const nothing = typeOf('null')

export function isNumber (type: Type): boolean {
  return type.is === 'integer' || type.is === 'decimal' || type.is === 'null'
}

/** Whether a value of one type can stand where the other is wanted: integers are decimals, null is anything. */
export function fits (type: Type, wanted: Type): boolean {
  if (type.is === 'null' || wanted.is === 'null') return true
  if (type.is === 'integer' && wanted.is === 'decimal') return true
  if (type.is === 'list' && wanted.is === 'list') return fits(type.of, wanted.of)
  if (type.is === 'row' && wanted.is === 'row') return type.scope === wanted.scope
  return type.is === wanted.is
}

/** The type that holds both, or undefined when there is none. */
export function joined (one: Type, other: Type): Type | undefined {
  if (fits(one, other)) return one.is === 'null' ? other : wider(one, other)
  return fits(other, one) ? wider(one, other) : undefined
}

function wider (one: Type, other: Type): Type {
  if (other.is === 'null') return one
  return isNumber(one) && one.is !== other.is ? decimal : other
}

/** As messages name it: `list of text`. */
export function nameOf (type: Type): string {
  if (type.is === 'list') return `list of ${nameOf(type.of)}`
  return type.is === 'row' ? `repetition of ${type.scope.repeat}` : type.is
}
