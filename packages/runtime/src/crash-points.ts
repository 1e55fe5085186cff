/**
 * The places where a test may kill the process, to prove that nothing is lost or done twice. Each stands
 * between two steps that must not depend on both happening.
 */
export const crashPoints = [
  'relay:before-publish',
  'relay:after-publish',
  'relay:after-delete',
  'consumer:before-handle',
  'consumer:before-commit',
  'consumer:after-commit',
  'timers:before-fire',
  'timers:before-commit',
  'timers:after-commit',
  'http:before-commit',
  'http:after-commit',
  'notification:before-send',
  'notification:after-send'
] as const

export type CrashPoint = typeof crashPoints[number]

const enabled = process.env['DUELINE_CRASH_POINTS'] === 'enabled'
// Read once: the check stands on hot paths. Two variables, so that a stray one alone never kills.
let armed = enabled ? process.env['DUELINE_CRASH_AT'] : undefined

/** Kills this process (SIGKILL: no cleanup, as in a power cut) when it is to die here; nothing otherwise. */
export function crashPoint (name: string): void {
  if (armed === name) process.kill(process.pid, 'SIGKILL')
}

/** From here on this process dies at `name`. @throws Error unless DUELINE_CRASH_POINTS is `enabled` */
export function armCrashPoint (name: CrashPoint): void {
  if (!enabled) throw new Error('crash points are not enabled in this process')
  armed = name
}
