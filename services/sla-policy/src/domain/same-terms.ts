import type { Terms } from './policy.ts'

/** Whether two terms come to the same. The order of keys does not matter, that of reminders and reasons does. */
export function sameTerms (a: Terms, b: Terms): boolean {
  return termsKey(a) === termsKey(b)
}

/** A text that is the same for terms that come to the same; how they apply (`effect`) is no part of it. */
export function termsKey (
  { targets, calendarId, reminders, pauseRules, escalationPolicyId, reopen, nextResponse = 'after_first' }: Terms
): string {
  return canonical({ targets, calendarId, reminders, pauseRules, escalationPolicyId, reopen, nextResponse })
}

/** JSON with sorted keys: jsonb gives keys back in an order of its own. */
export function canonical (value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`
}
