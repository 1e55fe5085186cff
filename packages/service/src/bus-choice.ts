import { createPgLogBus, saslMechanisms, type Bus, type SaslMechanism } from '@dueline/messaging'
import type { KafkaConnection } from '@dueline/messaging/kafka'
import type { Logger } from '@dueline/runtime'
import { Type, type Static, type TSchema } from 'typebox'

const buses = ['postgres', 'kafka'] as const
const mechanisms = saslMechanisms.map((name) => name.toUpperCase())
const loginKeys = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']

/** The keys that say how Kafka is reached. */
export const kafkaKeys = {
  KAFKA_BROKERS: Type.Optional(
    Type.Array(Type.String({ pattern: '^[^\\s:/]+:[0-9]{1,5}$' }), {
      separator: ',',
      description: 'Brokers as `host:port`; some are enough, they name the others'
    })
  ),
  KAFKA_PREFIX: Type.String({
    default: '',
    pattern: '^[a-zA-Z0-9._-]{0,100}$',
    description: 'Put before the names of topics and groups, for several deployments on one cluster'
  }),
  KAFKA_CLIENT_ID: Type.String({
    default: 'dueline',
    minLength: 1,
    description: 'Name in the logs and quotas of the brokers'
  }),
  KAFKA_TLS: Type.Boolean({ default: false, description: 'Speak TLS with the brokers' }),
  KAFKA_TLS_CA: Type.Optional(
    Type.String({
      secret: true,
      description: 'PEM of the authorities to trust instead of those of the system; implies TLS'
    })
  ),
  KAFKA_TLS_CERT: Type.Optional(
    Type.String({ secret: true, description: 'PEM of the certificate to show to the brokers' })
  ),
  KAFKA_TLS_KEY: Type.Optional(Type.String({ secret: true, description: 'PEM of its key' })),
  KAFKA_SASL_MECHANISM: Type.Optional(Type.Unsafe<Uppercase<SaslMechanism>>({
    type: 'string',
    enum: mechanisms,
    needs: Object.fromEntries(mechanisms.map((name) => [name, loginKeys])),
    description: 'How to log in; none by default'
  })),
  KAFKA_SASL_USERNAME: Type.Optional(Type.String({ minLength: 1, description: 'User to log in as' })),
  KAFKA_SASL_PASSWORD: Type.Optional(Type.String({ minLength: 1, secret: true, description: 'Its password' }))
}

const choice = { type: 'string', enum: [...buses], default: 'postgres' } as const

/** The choice for a job: with `kafka` it makes no event log in Postgres. */
export const busOfJob = Type.Unsafe<typeof buses[number]>({
  ...choice,
  description: 'With `kafka` no event log is made in Postgres'
})

/** The keys that say which bus a service uses. */
export const busKeys = {
  BUS: Type.Unsafe<typeof buses[number]>({
    ...choice,
    needs: { postgres: ['BUS_DATABASE_URL'], kafka: ['KAFKA_BROKERS'] },
    description: 'What carries events; the same for every service'
  }),
  BUS_DATABASE_URL: Type.Optional(
    Type.String({
      format: 'postgres-url',
      secret: true,
      description: 'Postgres that holds the event log; needed with `BUS=postgres`'
    })
  ),
  ...kafkaKeys
}

type Values<T extends Record<string, TSchema>> = Static<ReturnType<typeof Type.Object<T>>>
export type KafkaConfig = Values<typeof kafkaKeys>
export type BusConfig = Values<typeof busKeys>

/** How to reach Kafka, from a configuration. */
export function kafkaConnection (config: KafkaConfig): KafkaConnection {
  const { KAFKA_TLS_CA: ca, KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: key, KAFKA_SASL_MECHANISM: mechanism } = config
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key })
  }
  return {
    brokers: config.KAFKA_BROKERS ?? [],
    prefix: config.KAFKA_PREFIX,
    clientId: config.KAFKA_CLIENT_ID,
    ...(config.KAFKA_TLS || ca !== undefined ? { tls } : {}),
    ...(mechanism === undefined
      ? {}
      : {
        sasl: {
          mechanism: mechanism.toLowerCase() as SaslMechanism,
          username: config.KAFKA_SASL_USERNAME ?? '',
          password: config.KAFKA_SASL_PASSWORD ?? ''
        }
      })
  }
}

/** The bus that the configuration names; nothing connects yet. */
export async function createBus (config: BusConfig, logger: Logger): Promise<Bus> {
  if (config.BUS === 'kafka') {
    // Only then: its client is 5 MB of memory.
    const { createKafkaBus } = await import('@dueline/messaging/kafka')
    return createKafkaBus({ ...kafkaConnection(config), logger })
  }
  return createPgLogBus({ url: config.BUS_DATABASE_URL ?? '', logger })
}
