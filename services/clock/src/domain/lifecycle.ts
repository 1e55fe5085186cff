import type { Metric, ReopenRule } from '@dueline/contracts'

/**
 * Where a metric stands, whatever is promised about it.
 * idle: never started, or nobody is waiting; pending: a customer wrote while the ticket was over or still owed its
 * first response; open: a cycle runs (or is paused); met, cancelled, waived: the last cycle ended so.
 */
export const phases = ['idle', 'pending', 'open', 'met', 'cancelled', 'waived'] as const
export type Phase = typeof phases[number]

/** What can happen to a metric. A ticket is over while it is resolved, closed or cancelled. */
export const triggers = [
  'created',
  'agent_replied',
  'agent_replied_when_over',
  'customer_wrote',
  'customer_wrote_when_over',
  'resolved',
  'cancelled',
  'reopened',
  'waived'
] as const
export type Trigger = typeof triggers[number]

/**
 * What follows. `start` a new cycle · `meet`, `cancel`, `waive` end the open one · `next` meets the open one and starts
 * another · `reopen` does what the agreement says · `proceed` with the cancelled one · `forget` nobody waits any more ·
 * `remember` somebody does.
 */
export type Action = 'start' | 'meet' | 'cancel' | 'waive' | 'next' | 'reopen' | 'proceed' | 'forget' | 'remember'

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
    waived: { open: 'waive' }
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

/** Where an action leaves a metric; what is not listed depends on more. */
export const phaseAfter: Readonly<Partial<Record<Action, Phase>>> = {
  start: 'open',
  meet: 'met',
  cancel: 'cancelled',
  waive: 'waived',
  proceed: 'open',
  forget: 'idle',
  remember: 'pending'
}

/** What a trigger does to a metric in a phase; null: nothing. Every combination is defined. */
export function reaction (metric: Metric, trigger: Trigger, phase: Phase): Action | null {
  return table[metric][trigger]?.[phase] ?? null
}

/**
 * What reopening does to a met resolution: go on (time while resolved not counted), count from zero, a new cycle, or
 * nothing.
 */
export const onReopen: Record<ReopenRule, 'proceed' | 'restart' | 'start' | null> = {
  continue: 'proceed',
  restart: 'restart',
  new_cycle: 'start',
  keep_closed: null
}
