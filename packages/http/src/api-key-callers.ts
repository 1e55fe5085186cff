import type { Clock } from '@dueline/runtime'
import { readApiKey } from './api-key.ts'
import { principalOfKey, type ApiKeys } from './api-keys.ts'
import { baseErrors, Problem } from './errors.ts'
import type { Principal } from './principal.ts'
import { createTokenCache } from './token-cache.ts'
import { unauthenticated } from './verifier.ts'

/** Finds who calls with an API key. */
export interface KeyCallers {
  /** The caller, and until when it may be remembered. @throws Problem 401, 503 */
  find(key: string): Promise<{ principal: Principal, untilMs: number }>
  /** Why a key was refused a short while ago: made-up ones are asked for once. */
  refusedBefore(key: string): Problem | undefined
}

/** `changes` rises with each change that may make answers wrong. */
export function createKeyCallers (
  keys: ApiKeys | undefined,
  { clock, maxKeys, changes }: { clock: Clock, maxKeys: number, changes: () => number }
): KeyCallers {
  const refused = createTokenCache<{ problem: Problem, at: number }>(maxKeys)
  return {
    async find (key) {
      const parts = readApiKey(key)
      if (parts === null) throw unauthenticated('the API key is not whole: a letter is missing or wrong')
      if (keys === undefined) throw unauthenticated('API keys are not accepted here')
      const at = changes()
      const untilMs = clock.now() / 1000 + keys.keyTrustMs
      try {
        const principal = principalOfKey(parts.publicId, await keys.grantOf(parts, `Bearer ${key}`))
        return { principal, untilMs: Math.min(principal.tokenEndsAt / 1000, untilMs) }
      } catch (error) {
        if (error instanceof Problem && error.entry === baseErrors.unauthenticated) {
          refused.set(key, { problem: error, at }, untilMs)
        }
        throw error
      }
    },
    refusedBefore (key) {
      const known = refused.get(key, clock.now() / 1000)
      return known?.at === changes() ? known.problem : undefined
    }
  }
}
