import type { Metric, ReopenRule } from '@dueline/contracts'

/**
 * Where a metric stands, whatever is agreed about it.
 * idle: never started, or nobody is waiting; pending: a customer wrote while the ticket was over or still owed its
 * first response; open: a cycle runs (or is paused); met, cancelled, waived: the last cycle ended so.
 */
export const phases = ['idle', 'pending', 'open', 'met', 'cancelled', 'waived'] as const
export type Phase = typeof phases[number]

/**
 * What can happen to a metric. A ticket is over while it is resolved, closed or cancelled. The last two mean for a next
 * response that the first one, which came before it, is owed no more: no agreement has it any longer, or it was waived.
 */
export const triggers = [
  'created',
  'agent_replied',
  'agent_replied_when_over',
  'customer_wrote',
  'customer_wrote_when_over',
  'resolved',
  'cancelled',
  'reopened',
  'waived',
  'first_not_owed',
  'first_waived'
] as const
export type Trigger = typeof triggers[number]

/** What a step does to a metric and its cycles. */
export interface Effect {
  /** How the open cycle ends before anything else. */
  readonly ends?: Phase
  /** Where the metric stands then. */
  readonly phase: Phase
  /** Another cycle begins. */
  readonly begins?: true
  /** The cycle counts from zero. */
  readonly restarts?: true
}

/**
 * What follows, and all that it does. `start` a new cycle · `meet`, `cancel`, `waive` end the open one · `next` meets
 * the open one and starts another · `proceed` with one that has ended · `restart` it · `forget` nobody waits any more ·
 * `remember` somebody does.
 */
export const effects = {
  start: { phase: 'open', begins: true },
  meet: { phase: 'met' },
  cancel: { phase: 'cancelled' },
  waive: { phase: 'waived' },
  next: { ends: 'met', phase: 'open', begins: true },
  proceed: { phase: 'open' },
  restart: { phase: 'open', restarts: true },
  forget: { phase: 'idle' },
  remember: { phase: 'pending' }
} as const satisfies Record<string, Effect>
export type Step = keyof typeof effects

/** `reopen`: the step that the agreement names for it. */
export type Action = Step | 'reopen'

type Row = Partial<Record<Phase, Action>>

/** The whole state machine: what is not in the table changes nothing. */
const table: Record<Metric, Partial<Record<Trigger, Row>>> = {
  first_response: {
    created: { idle: 'start' },
    agent_replied: { open: 'meet' },
    // too late to be a response, but nothing is owed any more when the ticket comes back
    agent_replied_when_over: { cancelled: 'forget' },
    resolved: { open: 'cancel' },
    cancelled: { open: 'cancel' },
    reopened: { cancelled: 'proceed' },
    waived: { open: 'waive' }
  },
  next_response: {
    // several messages in a row are one wait, also a waived one
    customer_wrote: { idle: 'start', met: 'start', cancelled: 'start' },
    customer_wrote_when_over: { idle: 'remember', met: 'remember', cancelled: 'remember', waived: 'remember' },
    agent_replied: { open: 'meet', pending: 'forget', waived: 'forget' },
    agent_replied_when_over: { pending: 'forget', waived: 'forget' },
    resolved: { open: 'cancel', pending: 'forget' },
    cancelled: { open: 'cancel', pending: 'forget' },
    reopened: { pending: 'start' },
    waived: { open: 'waive' },
    first_not_owed: { pending: 'start' },
    // it covers the messages before it, as one wait
    first_waived: { pending: 'forget' }
  },
  periodic_update: {
    agent_replied: { idle: 'start', open: 'next', met: 'start', cancelled: 'start', waived: 'start' },
    resolved: { open: 'cancel' },
    cancelled: { open: 'cancel' },
    waived: { open: 'waive' }
  },
  resolution: {
    created: { idle: 'start' },
    resolved: { open: 'meet' },
    cancelled: { open: 'cancel' },
    reopened: { met: 'reopen', cancelled: 'proceed' },
    waived: { open: 'waive' }
  }
}

/** What a trigger does to a metric in a phase; null: nothing. Every combination is defined. */
export function reaction (metric: Metric, trigger: Trigger, phase: Phase): Action | null {
  return table[metric][trigger]?.[phase] ?? null
}

/**
 * What reopening does to a met resolution: go on (time while resolved not counted), count from zero, a new cycle, or
 * nothing.
 */
const onReopen: Record<ReopenRule, Step | null> = {
  continue: 'proceed',
  restart: 'restart',
  new_cycle: 'start',
  keep_closed: null
}

/** The step that a trigger leads to; null: none. While the first response is owed a next one is only remembered. */
export function stepAfter (
  metric: Metric,
  trigger: Trigger,
  phase: Phase,
  { owesFirst, reopen }: { readonly owesFirst: boolean, readonly reopen: ReopenRule }
): Step | null {
  const action = reaction(metric, trigger, phase)
  if (action === 'reopen') return onReopen[reopen]
  return action === 'start' && owesFirst ? 'remember' : action
}
