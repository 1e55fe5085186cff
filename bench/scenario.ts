/** A bound on a figure; both sides may be given. */
export interface Target { atMost?: number, atLeast?: number }

/** What a scenario measured. Units stand at the end of each name. */
export interface Result { figures: Record<string, number>, targets: Record<string, Target> }

/** A file of this folder: `npm run bench -- <file name>`. */
export interface Scenario {
  /** `quick`: shorter, for a first look; targets are meant for the full run. */
  run (options: { quick: boolean }): Promise<Result>
}
