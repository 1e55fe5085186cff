import type { MigrationSource } from '@dueline/postgres'

export { createTimers } from './engine.ts'
export type { DueTimer, TimerKind, TimerOwner, Timers, TimerSetting, TimersOptions } from './types.ts'

/** The table `timer`; give it to `migrate` beside the service's own migrations. */
export const migrations: MigrationSource = { name: 'timers', directory: new URL('../migrations/', import.meta.url) }
