import { serviceNames } from './services.ts'
import { stringEnum } from './vocabulary.ts'

/** What API keys are cut to: each service, and people apart from tickets. */
export const scopeAreas = [...serviceNames, 'people'] as const
export type ScopeArea = typeof scopeAreas[number]
export type Scope = `${ScopeArea}:${'read' | 'write'}`

/** Everything that a key can be allowed: reading and changing what one area has. */
export const scopes: readonly Scope[] = scopeAreas.flatMap((area) => [`${area}:read`, `${area}:write`] as const)

export const ScopeSchema = stringEnum(scopes, {
  title: 'Scope',
  description:
    'What an API key may read or write; `write` does not hold `read`. `x-scope` of an operation names its own'
})
