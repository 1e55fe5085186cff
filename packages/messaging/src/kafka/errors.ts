import { BusError } from '../bus.ts'

/** What kafkajs throws, as far as it matters here. */
interface ForeignError extends Error {
  type?: string
  code?: string | number
  cause?: unknown
  originalError?: unknown
  errors?: unknown[]
  topic?: string
}

/** Answers of a broker that no retry mends, and what to do about each. */
const refusals: Record<string, string> = {
  TOPIC_AUTHORIZATION_FAILED: 'the user has no right to a topic: grant it Read, Write and Describe on the topics',
  GROUP_AUTHORIZATION_FAILED: 'the user has no right to the consumer group: grant it Read on the group',
  CLUSTER_AUTHORIZATION_FAILED:
    'the user has no right to the cluster: grant it IdempotentWrite, and Create to create topics',
  UNKNOWN_TOPIC_OR_PARTITION: 'a topic or partition does not exist: run the topics job',
  MESSAGE_TOO_LARGE: 'a record is larger than the broker takes: raise max.message.bytes of the topic',
  RECORD_LIST_TOO_LARGE: 'a batch is larger than the broker takes: raise max.message.bytes of the topic',
  INVALID_TOPIC_EXCEPTION: 'a topic has a name that Kafka does not allow',
  INVALID_REPLICATION_FACTOR: 'there are fewer brokers than replicas asked for: lower the replication factor',
  INVALID_CONFIG: 'the broker refuses a setting of the topic',
  POLICY_VIOLATION: 'a policy of the cluster forbids it',
  INVALID_SESSION_TIMEOUT:
    'the broker allows no such session timeout: see group.min.session.timeout.ms and group.max.session.timeout.ms',
  UNSUPPORTED_SASL_MECHANISM: 'the broker does not offer this SASL mechanism: use one that it does',
  INVALID_REQUIRED_ACKS: 'the broker refuses acknowledgement by all replicas'
}

/** Mistakes in TLS, by the code of Node's error. */
const certificateFaults: Record<string, string> = {
  CERT_HAS_EXPIRED: 'the certificate of the broker has expired: renew it',
  CERT_NOT_YET_VALID: 'the certificate of the broker is not valid yet: check both clocks',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate of the broker is self-signed: give its authority as CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate of the broker comes from an unknown authority: give it as CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate of the broker comes from an unknown authority: give it as CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate of the broker comes from an unknown authority: give it as CA',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the broker is for another host name: use a name that it holds',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the broker does not speak TLS on this port: use its TLS port, or no TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the broker does not speak TLS on this port: use its TLS port, or no TLS',
  EPROTO: 'the broker does not speak TLS on this port: use its TLS port, or no TLS',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the broker asks for a client certificate: give one with its key',
  ERR_OSSL_PEM_NO_START_LINE: 'a given certificate or key is no PEM'
}

/** What an outage may turn out to be, by a part of the client's message: the broker gave no reason. */
const hints: Array<[text: string, hint: string]> = [
  ['Closed connection', 'the port wants TLS or SASL'],
  ['before secure TLS', 'the port does not speak TLS']
]

const lostMembership = new Set([
  'REBALANCE_IN_PROGRESS',
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'FENCED_INSTANCE_ID'
])

const noCoordinator = new Set([
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_LOAD_IN_PROGRESS'
])

/** An error and everything it was caused by, outermost first. */
function chain (error: unknown): ForeignError[] {
  const found: ForeignError[] = []
  const visit = (each: unknown): void => {
    if (!(each instanceof Error) || found.includes(each)) return
    const foreign = each as ForeignError
    found.push(foreign)
    for (const inner of [foreign.cause, foreign.originalError, ...foreign.errors ?? []]) visit(inner)
  }
  visit(error)
  return found
}

/**
 * A client's error as the port's: `fatal` for mistakes that somebody has to mend, with what is wrong and what to do;
 * `retriable` for outages. `doing` completes "Kafka: cannot …".
 */
export function toBusError (error: unknown, doing: string): BusError {
  const causes = chain(error)
  const known = causes.find((each): each is BusError & ForeignError => each instanceof BusError)
  if (known !== undefined) return known
  for (const { name, type = '', code = '', message, topic } of causes) {
    if (name === 'KafkaJSSASLAuthenticationError' || type === 'SASL_AUTHENTICATION_FAILED') {
      return new BusError(
        'fatal',
        `Kafka: cannot ${doing}: the broker refuses the SASL login: check mechanism, ` +
          `user name and password (${message})`,
        error
      )
    }
    if (name === 'KafkaJSNotImplemented') {
      return new BusError(
        'fatal',
        `Kafka: cannot ${doing}: ${message}: set compression.type=producer on the topics, or run the topics job, ` +
          'which names them; whoever writes beside these services uses gzip, zstd or no compression',
        error
      )
    }
    const what = refusals[type] ?? certificateFaults[code]
    if (what !== undefined) {
      return new BusError(
        'fatal',
        `Kafka: cannot ${doing}: ${what} (${type === '' ? code : type}${topic === undefined ? '' : ` ${topic}`})`,
        error
      )
    }
  }
  const innermost = causes.at(-1)?.message ?? String(error)
  const hint = hints.find(([text]) => innermost.includes(text))?.[1]
  return new BusError(
    'retriable',
    `Kafka: cannot ${doing} at the moment: ${innermost}${hint === undefined ? '' : `; if it stays so, ${hint}`}`,
    error
  )
}

/** Whether a broker gave this error as its answer, so that the connection is as good as before. */
export function isAnswer (error: unknown): boolean {
  return chain(error).some(({ type }) => type !== undefined)
}

/** Whether a broker does not know yet a topic that was just made, or of its leaders. */
export function saysNotYet (error: unknown): boolean {
  return chain(error).some(({ type }) => type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE')
}

/** Whether a broker refuses a right to a consumer group. */
export function saysGroupRefused (error: unknown): boolean {
  return chain(error).some(({ type }) => type === 'GROUP_AUTHORIZATION_FAILED')
}

/** Whether a broker has answered, but no one is in charge of the group yet. */
export function saysNoCoordinatorYet (error: unknown): boolean {
  return chain(error).some(({ name, type = '' }) =>
    name === 'KafkaJSGroupCoordinatorNotFound' || noCoordinator.has(type)
  )
}

/** Whether an error says that this member's partitions may belong to others now. */
export function saysRevoked (error: unknown): boolean {
  return chain(error).some(({ type }) => type !== undefined && lostMembership.has(type))
}
