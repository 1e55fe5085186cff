import { Type } from 'typebox'
import type { Fault } from './catalogue.ts'

/** Longest `custom` or `answers` object, in characters of its JSON. */
export const jsonLengthMax = 65_536

/** Fields of the caller's own; kept and given back as they are. */
export const JsonObject = Type.Record(Type.String({ maxLength: 200 }), Type.Unknown(), { maxProperties: 200, description: 'any JSON, at most 65,536 characters' })

/** Why a JSON object cannot be kept, or null: too long, or with characters that Postgres refuses. */
export function jsonFault (value: Record<string, unknown>, pointer: string): Fault | null {
  const text = JSON.stringify(value)
  if (text.length > jsonLengthMax) return { pointer, message: `is longer than ${jsonLengthMax} characters of JSON` }
  // JSON.stringify escapes just these: the zero character, and halves of surrogate pairs
  if (/(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(text)) return { pointer, message: 'holds a zero character or half a surrogate pair' }
  return null
}
