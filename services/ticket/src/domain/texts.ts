import { Type } from 'typebox'
import type { Fault } from './catalogue.ts'

/** Longest `custom` or `answers` object, in characters of its JSON. */
export const jsonLengthMax = 65_536
/** Most levels of objects and lists in it. */
export const jsonDepthMax = 100

const jsonObject = (maxProperties: number) =>
  Type.Record(Type.String({ maxLength: 200 }), Type.Unknown(), {
    maxProperties,
    description: 'any JSON, at most 65,536 characters and 100 levels; no zero characters, no numbers beyond ' +
      '±1.8e308, no integers of which a double would lose digits'
  })

/** Fields of the caller's own; stored and returned as they are. */
export const JsonObject = jsonObject(200)

/** Most answers: as many as a questionnaire can ask for (`limits.nodes` of `@dueline/questionnaire`). */
export const answersMax = 5_000
/** Answers to the questionnaire of a question, by the names of its questions; any JSON where it has none. */
export const Answers = jsonObject(answersMax)

// Postgres takes neither
const unstorable = /[\u0000\ud800-\udfff]/u // eslint-disable-line no-control-regex

function textFault (text: string, pointer: string): Fault | null {
  return unstorable.test(text) ? { pointer, message: 'holds a zero character or half a surrogate pair' } : null
}

/**
 * Why a JSON object cannot be stored and returned as it came, or null: too deep, too long, characters that Postgres
 * refuses, a number like 1e400, which reading has made infinite, or an integer that would lose digits, which reading
 * has made a bigint. Walks without recursion, whatever the depth.
 */
export function jsonFault (value: Record<string, unknown>, pointer: string): Fault | null {
  const tooLong = { pointer, message: `is longer than ${jsonLengthMax} characters of JSON` }
  const open: Array<{ value: unknown, depth: number }> = [{ value, depth: 1 }]
  let seen = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: each, depth } = next
    // every value takes a character at least
    if (++seen > jsonLengthMax) return tooLong
    if (typeof each === 'string') {
      const fault = textFault(each, pointer)
      if (fault !== null) return fault
    } else if (typeof each === 'number' && !Number.isFinite(each)) {
      return { pointer, message: 'holds a number that is too large to be stored' }
    } else if (typeof each === 'bigint') {
      return { pointer, message: 'holds an integer that would lose digits; send it as text' }
    } else if (typeof each === 'object' && each !== null) {
      if (depth > jsonDepthMax) return { pointer, message: `is nested deeper than ${jsonDepthMax} levels` }
      for (const [key, part] of Object.entries(each)) {
        const fault = textFault(key, pointer)
        if (fault !== null) return fault
        open.push({ value: part, depth: depth + 1 })
      }
    }
  }
  return JSON.stringify(value).length > jsonLengthMax ? tooLong : null
}
