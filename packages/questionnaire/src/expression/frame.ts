import type { Scope } from './type.ts'

/** The answers of one level: of the whole questionnaire, or of one repetition. What has no value is null. */
export interface Frame {
  scope: Scope
  parent: Frame | null
  /** Of a repetition, from 0. */
  index: number
  values: unknown[]
  relevant: boolean[]
}

/** What an evaluation has besides the answers. */
export interface Work {
  /** The date where the answers are given, `YYYY-MM-DD`. */
  today: string
  /** The instant, in UTC with milliseconds. */
  now: string
  /** Elements that `exists`, `map` and the like bind, by depth. */
  locals: unknown[]
  /** The choice that a filter looks at: its name and attributes. */
  choice: Readonly<Record<string, string>> | null
  /** How many steps over lists are left; the evaluation ends at 0. */
  steps: number
}

export class TooMuchWork extends Error {}

export type Run = (frame: Frame, work: Work) => unknown

export function step (work: Work): void {
  if (--work.steps < 0) throw new TooMuchWork('The expressions of these answers take too many steps')
}
