import type { Logger } from '@dueline/runtime'

const nothing = (): void => {}

/** A logger that drops everything; `child` gives the same one. */
export const silentLogger: Logger = {
  level: 'silent',
  fatal: nothing,
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  trace: nothing,
  silent: nothing,
  child: () => silentLogger,
  bindings: () => ({}),
  flush: nothing,
  isLevelEnabled: () => false
} as unknown as Logger
