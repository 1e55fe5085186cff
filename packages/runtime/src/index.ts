export { orAborted, untilAborted } from './aborted.ts'
export { createSystemClock, systemClock, type Clock, type ClockSources } from './clock.ts'
export { happensWithin } from './happens-within.ts'
export { systemIds, type Ids } from './ids.ts'
export { systemRandom, type Random } from './random.ts'
export { backoff, type Backoff, type BackoffOptions } from './backoff.ts'
export { BoundedMap } from './bounded-map.ts'
export { FreshCache } from './fresh-cache.ts'
export { Signal } from './signal.ts'
export {
  currentTraceparent,
  forCauses,
  inTrace,
  isTraceparent,
  newTraceparent,
  nextSpanOf,
  sameMatter,
  traceHeaders
} from './trace.ts'
export type { Cause } from './trace.ts'
export { createLoadMeter, type LoadMeter } from './load.ts'
export { createPoller, type Loop, type Pass, type Poller, type PollerOptions } from './loop.ts'
export { dropValues } from './errors-in-logs.ts'
export { createLogger, type Logger, type LogLevel } from './logger.ts'
export { createMetrics, durationBuckets, type Counter, type Gauge, type Histogram, type Metrics } from './metrics.ts'
export type { Sample, SampledGauge } from './metrics.ts'
export { armCrashPoint, crashPoint, crashPoints, type CrashPoint } from './crash-points.ts'
export { cautionsOf, ConfigError, describeConfig, loadConfig, redactConfig, type Environment } from './config.ts'
export type { Program } from './command-line.ts'
export { version } from './version.ts'
export { exitCodeOfConfigError, exitOfMistakes, loadConfigOrExit, type ProcessLike } from './config-command.ts'
export { createSecretBox, type SecretBox } from './secret-box.ts'
