import type { Micros } from '@dueline/business-time'
import type { ClockState, EscalationSnapshot, Metric } from '@dueline/contracts'

/** An escalation that is not over, of a clock that is not either. */
export interface OpenEscalation {
  readonly id: string
  readonly state: EscalationSnapshot['state']
  readonly level: number
  readonly levelCount: number
}

/**
 * What was agreed with a ticket's customer, in one: a copy of what events of its clocks of kind `sla` have reported by
 * `asOf`. It speaks of the clock that is due next, or, when none is open any more, of the one that stopped last.
 */
export interface TicketSla {
  readonly clockId: string
  readonly metric: Metric
  readonly state: ClockState
  /** The next deadline; null when nothing is due, as all is paused or over. */
  readonly dueAt: Micros | null
  /** Whether any of the agreements was missed, this one or another. */
  readonly breached: boolean
  /** That of the clock, which this is the copy of. */
  readonly sequence: number
  readonly asOf: Micros
  /** The one that has come furthest. */
  readonly escalation: OpenEscalation | null
}
