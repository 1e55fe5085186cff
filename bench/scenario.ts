/** A bound on a figure; both sides may be given. */
export interface Target {
  atMost?: number
  atLeast?: number
}

/** What a scenario measured. Units stand at the end of each name. */
export interface Result {
  figures: Record<string, number>
  targets: Record<string, Target>
}

/** What carries the events; scenarios without events do not ask. */
export type BusName = 'postgres' | 'kafka'

/** A file of this folder: `npm run bench -- <file name>`. */
export interface Scenario {
  /** `quick`: shorter, for a first look; targets are meant for the full run. */
  run(options: { quick: boolean, bus: BusName }): Promise<Result>
}
