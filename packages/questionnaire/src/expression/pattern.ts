import { RE2JS } from 're2js'
import { ExpressionError } from './parse.ts'

/** Texts longer than this match no pattern, so that the size of a pattern times that of a text is bounded. */
const matchedLengthMax = 2_000

/**
 * Whether a text matches a pattern of RE2's syntax, in part or wholly, in linear time. Texts of more than 2,000 units
 * do not. Throws ExpressionError for what is no pattern, or whose counts multiply too far.
 */
export function compilePattern (pattern: string, extent: 'part' | 'whole', at?: number): (text: string) => boolean {
  if (pattern.length > 500) throw new ExpressionError('pattern_refused', 'must have at most 500 characters', at)
  try {
    const compiled = RE2JS.compile(pattern)
    if (extent === 'whole') return (text) => text.length <= matchedLengthMax && compiled.testExact(text)
    return (text) => text.length <= matchedLengthMax && compiled.test(text)
  } catch (error) {
    throw new ExpressionError('pattern_refused', `is no pattern of RE2: ${(error as Error).message}`, at)
  }
}
