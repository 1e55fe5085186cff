export { createKafkaBus } from './kafka-bus.ts'
export { saslMechanisms } from './options.ts'
export type { KafkaBusOptions, KafkaConnection, SaslMechanism } from './options.ts'
