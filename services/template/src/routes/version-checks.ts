import { cleanText, escapePointer, type TemplateRule } from '@dueline/contracts'
import { baseErrors, problem } from '@dueline/http'
import type { Converter } from '../conversion/converter.ts'
import type { DefinitionFault } from '../domain/template-version.ts'

const depthMax = 100

/**
 * What is wrong with a questionnaire and its rules, found in a thread of its own.
 * @throws Problem 400 for what cannot be kept, or takes more time or memory to look at than it may
 */
export async function faultsOf (
  converter: Converter,
  questionnaire: Record<string, unknown>,
  rules: readonly TemplateRule[]
): Promise<readonly DefinitionFault[]> {
  const result = await converter.run({ kind: 'check', questionnaire, rules })
  return 'refused' in result ? refuse('/questionnaire', result.refused.message) : result.faults
}

/** @throws Problem 400 for texts that Postgres does not take or that would be shown otherwise, and too many levels */
export function assertStorable (value: unknown, pointer: string, depth = 0): void {
  if (depth > depthMax) refuse(pointer, `must not be nested deeper than ${depthMax} levels`)
  if (typeof value === 'string') {
    if (cleanText(value, Infinity) !== value.replace(/\r\n?/g, '\n')) {
      refuse(pointer, 'must have no control characters, marks of direction or halves of a pair')
    }
  } else if (typeof value === 'bigint') refuse(pointer, 'must be a number of which a double loses no digits')
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      const below = `${pointer}/${escapePointer(key).slice(0, 100)}`
      assertStorable(key, pointer, depth + 1)
      assertStorable(each, below, depth + 1)
    }
  }
}

/** Ends the request with 400 for one fault of its body. */
export function refuse (pointer: string, message: string): never {
  return problem(baseErrors.validation_failed, { faults: [{ pointer, message }] })
}
