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

export interface Options {
  /** Shorter, for a first look; targets are meant for the full run. */
  readonly quick: boolean
  readonly bus: BusName
  /** Folder of another build, to measure in the same run; scenarios without a use for it do not ask. */
  readonly beside: string | undefined
}

/** A file of this folder: `npm run bench -- <file name>`. */
export interface Scenario {
  run(options: Options): Promise<Result>
}
