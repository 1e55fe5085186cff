import type { Clock, Logger, Metrics } from '@dueline/runtime'

/** Counts tokens that were refused, and says why. */
export interface RefusedTokens {
  /** @param reason one of few sentences, never words of the token */
  note(reason: string): void
}

/** A reason is logged at most once in this time, with how often it came since. */
const repeatMicros = 60_000_000
/** More kinds of refusal than there are; what comes beyond is counted together. */
const reasonsMax = 40

/**
 * Why tokens are refused, for who runs the service: an answer may not tell an outsider, and a line per request would
 * let anybody fill the log. Neither the token nor anything that stands in it is written.
 */
export function createRefusedTokens ({
  clock,
  logger,
  metrics
}: {
  clock: Clock,
  logger: Logger,
  metrics: Metrics
}): RefusedTokens {
  const refused = metrics.counter(
    'dueline_http_tokens_refused_total',
    'Requests whose access token was missing or refused',
    ['reason']
  )
  const seen = new Map<string, { silentUntil: number, times: number }>()
  return {
    note (given) {
      const reason = seen.has(given) || seen.size < reasonsMax ? given : 'other'
      refused.inc({ reason })
      const now = clock.now()
      let entry = seen.get(reason)
      if (entry === undefined) seen.set(reason, entry = { silentUntil: 0, times: 0 })
      entry.times++
      if (now < entry.silentUntil) return
      logger.info({ reason, times: entry.times }, 'access tokens are refused')
      entry.silentUntil = now + repeatMicros
      entry.times = 0
    }
  }
}
