import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Logger } from '@dueline/runtime'
import kafkajs, { type ISocketFactory, type Kafka, type KafkaConfig } from 'kafkajs'
import { halfResponse } from './half-response.ts'
import { idleSpin } from './idle-spin.ts'
import { lostRefusal } from './lost-refusal.ts'
import { mend } from './mend.ts'
import type { KafkaConnection } from './options.ts'
import { readZstd } from './zstd.ts'

/** A kafkajs client with sockets of its own, so that it can be silenced whatever it is retrying. */
export interface KafkaClient {
  kafka: Kafka
  /** Ends every connection and refuses new ones: nothing that the client still holds reaches a broker any more. */
  cut(): void
}

const keepAliveMs = 60_000

/** Retries belong on the client: connecting follows no others. Waits grow from 100 ms to 1 s. */
export function createClient (
  connection: KafkaConnection,
  { retries, logger }: { retries: number, logger: Logger }
): KafkaClient {
  readZstd()
  mend(logger, idleSpin)
  mend(logger, halfResponse)
  mend(logger, lostRefusal)
  const sockets = new Set<Socket>()
  let silenced = false
  const open: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (silenced) throw new Error('this client is closed')
    const socket = connection.tls === undefined
      ? connectPlain({ host, port }, onConnect)
      : connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
    socket.setKeepAlive(true, keepAliveMs)
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    return socket
  }
  const { tls, sasl, brokers, clientId = 'dueline' } = connection
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    ...(tls === undefined ? {} : { ssl: { ...tls } }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as NonNullable<KafkaConfig['sasl']> }),
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    // a crashed consumer is replaced by its member, never revived by the client
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries, restartOnFailure: async () => false },
    socketFactory: open,
    logLevel: kafkajs.logLevel.WARN,
    // It calls every retry an error; what matters is logged by those who see how it ended.
    logCreator: () => ({ namespace, log: { message, timestamp, logger: _, ...details } }) => {
      logger.debug({ kafkajs: namespace, ...details }, message)
    }
  }
  return {
    kafka: new kafkajs.Kafka(config),
    cut () {
      silenced = true
      for (const socket of sockets) socket.destroy(new Error('this client is closed'))
    }
  }
}
