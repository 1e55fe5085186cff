export { BusError, recordBytesMax } from './bus.ts'
export type {
  Bus,
  BusConsumer,
  BusErrorKind,
  BusProducer,
  Health,
  InBatch,
  InRecord,
  OutRecord,
  StartFrom,
  TopicSpec
} from './bus.ts'
export { saslMechanisms, type SaslMechanism } from './kafka/options.ts'
export { murmur2, partitionOf } from './murmur2.ts'
export { completeEvent, decodeEvent, encodeEvent } from './codec.ts'
export type { Decoded, DecodeFault, DecodeReason, EncodedEvent } from './codec.ts'
export { createPgLogBus } from './pg-log/pg-log-bus.ts'
export type { PgLogBusOptions } from './pg-log/pg-log-bus.ts'
export { createOutbox, InvalidEvent } from './outbox.ts'
export type { Outbox } from './outbox.ts'
export { createRelay } from './relay.ts'
export type { Relay } from './relay.ts'
export type { RelayOptions } from './relay-options.ts'
export { createConsumer } from './consumer.ts'
export type { Consumer, ConsumerOptions } from './consumer.ts'
export { forAll, liveOnly } from './grouping.ts'
export type { Handler, Handlers } from './grouping.ts'
export { listDeadLetters, resendDeadLetter } from './dead-letters.ts'
export type { DeadLetter, DeadLetterReason, Resend } from './dead-letters.ts'
export { busMigrations, migrations } from './migrations.ts'
export type { DuelineEvent, NewEvent } from '@dueline/contracts'
export { deadLetterRoutes } from './dead-letter-routes.ts'
export type { DeadLetterRouteOptions } from './dead-letter-routes.ts'
export { readinessOf } from './readiness.ts'
