import type { Logger } from '@dueline/runtime'

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
export type SaslMechanism = typeof saslMechanisms[number]

/** How to reach a cluster. */
export interface KafkaConnection {
  /** `host:port` of some brokers; they name the others. */
  brokers: readonly string[]
  /** Put before the names of topics and groups, so that several deployments may share a cluster; none by default. */
  prefix?: string
  /** Seen in the brokers' logs and quotas; `dueline` by default. */
  clientId?: string
  /**
   * TLS when set. `ca`: PEM of the authorities to trust instead of the system's; `cert` and `key`: PEM of the client's
   * own.
   */
  tls?: { ca?: string, cert?: string, key?: string }
  sasl?: { mechanism: SaslMechanism, username: string, password: string }
}

/** By what name a cluster knows who connects like this, unless it maps names in a way of its own. */
export function principalOf ({ sasl, tls }: KafkaConnection): string {
  if (sasl !== undefined) return `User:${sasl.username}`
  return tls?.cert === undefined ? 'User:ANONYMOUS' : 'User:<subject of the client certificate>'
}

/** Options of `createKafkaBus`; times in milliseconds. */
export interface KafkaBusOptions extends KafkaConnection {
  logger: Logger
  /** A member without a sign of life for this long is replaced; 10,000. Brokers accept 6,000 and more. */
  sessionMs?: number
  /** A handler that neither ends nor calls `alive` for this long loses its partitions; 60,000. */
  stuckMs?: number
  /** Most records of one batch; 500. */
  batchRecordsMax?: number
}
