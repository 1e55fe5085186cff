import type { TemplateRule } from '@dueline/contracts'
import type { DefinitionFault, DroppedRule } from '../domain/template-version.ts'
import type { UploadFault } from '../domain/upload.ts'
import type { Converter } from './converter.ts'

/** A questionnaire with those of other rules that fit it. */
export interface Carried {
  readonly rules: readonly TemplateRule[]
  readonly dropped: readonly DroppedRule[]
  readonly faults: readonly DefinitionFault[]
}

/**
 * Looks in a thread which rules fit a questionnaire. One with faults takes all of them: they are looked at when the
 * questions are right, and are faults then.
 */
export async function carryRules (
  converter: Converter,
  questionnaire: Record<string, unknown>,
  rules: readonly TemplateRule[],
  signal?: AbortSignal
): Promise<Carried | { refused: UploadFault }> {
  const result = await converter.run({ kind: 'check', questionnaire, rules }, signal)
  if ('refused' in result) return result
  const reasons = new Map<number, string>()
  for (const { pointer, message } of result.faults) {
    const [, index] = /^\/rules\/(\d+)\//.exec(pointer) ?? []
    if (index !== undefined && !reasons.has(Number(index))) reasons.set(Number(index), message)
  }
  if (reasons.size === 0) return { rules, dropped: [], faults: result.faults }
  const dropped = [...reasons].map(([index, reason]) => ({ rule: rules[index]!, reason }))
  // faults are listed up to a number: those that stay are looked at again
  const rest = await carryRules(converter, questionnaire, rules.filter((_, index) => !reasons.has(index)), signal)
  return 'refused' in rest ? rest : { ...rest, dropped: [...dropped, ...rest.dropped] }
}
