import { kafkaKeys, serviceConfig } from '@dueline/service'
import { Type } from 'typebox'

const { LOG_LEVEL } = serviceConfig({ port: 0 })

/** The configuration of the job; the README's table is generated from it. */
export const ConfigSchema = Type.Object({
  LOG_LEVEL,
  ...kafkaKeys,
  KAFKA_BROKERS: Type.Array(Type.String({ pattern: '^[^\\s:/]+:[0-9]{1,5}$' }), {
    separator: ',',
    minItems: 1,
    description: 'Brokers as `host:port`; some are enough, they name the others'
  }),
  KAFKA_REPLICATION_FACTOR: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 32_767,
      description: 'Replicas of new topics; the default of the cluster when not set'
    })
  ),
  WAIT_SECONDS: Type.Integer({ default: 120, minimum: 0, description: 'How long to wait for brokers that are away' })
})
