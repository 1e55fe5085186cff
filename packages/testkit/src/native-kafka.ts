import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { kafkaAnswers } from './kafka-answers.ts'
import { java, kafkaJars } from './kafka-jars.ts'

/** A broker of one test's own: it may be killed, and configured as the test likes. */
export interface NativeKafka {
  /** `127.0.0.1:port`, plain text. */
  readonly brokers: string
  /** `127.0.0.1:port` of the further listener, when there is one. */
  readonly secureBrokers: string
  /** SIGKILL: the broker has no time to say goodbye. */
  kill(): Promise<void>
  /** Starts it again on the same data and ports; resolves when it answers. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Options of `startNativeKafka`. */
export interface NativeKafkaOptions {
  /** Further broker properties, or others than usual. */
  properties?: Record<string, string>
  /** A second listener named SECURE with this protocol. */
  secure?: 'SASL_SSL' | 'SSL' | 'SASL_PLAINTEXT'
  /** SCRAM users that exist from the start: `SCRAM-SHA-512=[name=…,password=…]`. */
  scramUsers?: readonly string[]
}

/** Small and quick to start: 150 MB and 2 s instead of 365 MB. */
const jvm = ['-Xms64m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError']

/**
 * Starts a real broker (broker and controller in one) from the jars of Maven Central, with its data in a temporary
 * folder.
 */
export async function startNativeKafka (options: NativeKafkaOptions = {}): Promise<NativeKafka> {
  const jars = await kafkaJars()
  const folder = await mkdtemp(join(tmpdir(), 'dueline-kafka-'))
  const [port, securePort, controllerPort] = await freePorts() as [number, number, number]
  const properties = join(folder, 'server.properties')
  await writeFile(properties, propertiesOf({ folder, port, securePort, controllerPort, ...options }))
  await writeFile(join(folder, 'log4j2.properties'), logging)
  const args = [...jvm, `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`, '-cp', join(jars, '*')]
  const users = (options.scramUsers ?? []).flatMap((user) => ['--add-scram', user])
  await promisify(execFile)(java, [
    ...args,
    'kafka.tools.StorageTool',
    'format',
    '--standalone',
    '-t',
    clusterId(),
    '-c',
    properties,
    ...users
  ])
  const start = async (): Promise<ChildProcess> => await startBroker([...args, 'kafka.Kafka', properties], folder, port)
  let broker = await start()
  // a test that dies takes its broker along
  const end = (): void => {
    broker.kill('SIGKILL')
  }
  process.once('exit', end)
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    if (broker.exitCode !== null || broker.signalCode !== null) return
    broker.kill(name)
    await once(broker, 'exit')
  }
  return {
    brokers: `127.0.0.1:${port}`,
    secureBrokers: `127.0.0.1:${securePort}`,
    kill: async () => await signal('SIGKILL'),
    restart: async () => {
      broker = await start()
    },
    stop: async () => {
      process.removeListener('exit', end)
      await signal('SIGTERM')
      await rm(folder, { recursive: true, force: true })
    }
  }
}

async function startBroker (args: readonly string[], folder: string, port: number): Promise<ChildProcess> {
  const logFile = join(folder, 'broker.log')
  const log = openSync(logFile, 'a')
  const broker = spawn(java, args, { stdio: ['ignore', log, log] })
  if (await kafkaAnswers('127.0.0.1', port, () => broker.exitCode !== null)) return broker
  broker.kill('SIGKILL')
  const reason = (await readFile(logFile, 'utf8')).split('\n').find((line) => /ERROR|FATAL|Exception/.test(line))
  throw new Error(`Kafka did not start: ${reason ?? 'no reason in its log'}`)
}

function propertiesOf (
  { folder, port, securePort, controllerPort, secure, properties }: NativeKafkaOptions & {
    folder: string,
    port: number,
    securePort: number,
    controllerPort: number
  }
): string {
  const listeners = [['PLAINTEXT', port], ...(secure === undefined ? [] : [['SECURE', securePort]])].map(([name, at]) =>
    `${name}://127.0.0.1:${at}`
  ).join(',')
  const one = (...names: string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, '1']))
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    listeners: `${listeners},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': listeners,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT' +
      (secure === undefined ? '' : `,SECURE:${secure}`),
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    // the default takes 128 MB of heap
    'log.cleaner.dedupe.buffer.size': '8388608',
    // after a kill the broker's registration must expire before it may come back: 5 s instead of 12
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'num.network.threads': '2',
    'num.io.threads': '4',
    ...one('offsets.topic.replication.factor', 'offsets.topic.num.partitions'),
    ...one(
      'transaction.state.log.replication.factor',
      'transaction.state.log.min.isr',
      'transaction.state.log.num.partitions'
    ),
    ...one(
      'share.coordinator.state.topic.replication.factor',
      'share.coordinator.state.topic.min.isr',
      'share.coordinator.state.topic.num.partitions'
    ),
    ...properties
  }).map(([name, value]) => `${name}=${value}\n`).join('')
}

const logging = `status=error
appender.c.type=Console
appender.c.name=C
appender.c.layout.type=PatternLayout
appender.c.layout.pattern=%d %p %c{1} %m%n
rootLogger.level=warn
rootLogger.appenderRef.c.ref=C
`

/** base64url of 16 bytes that does not begin with a dash. */
function clusterId (): string {
  return `A${randomBytes(16).toString('base64url').slice(1)}`
}

/** Three ports that are free now, held together so that they differ. */
async function freePorts (): Promise<number[]> {
  const servers = await Promise.all([0, 0, 0].map(async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server
  }))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map(async (server) => {
    server.close()
    await once(server, 'close')
  }))
  return ports
}
