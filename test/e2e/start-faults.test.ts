// What keeps a process from starting: it says what is wrong in one message and one log record, and waits or ends with
// exit code 78.
import { connect, createServer, type Server } from 'node:net'
import { serviceNames, variableOf } from '@dueline/contracts'
import { choosePorts } from '@dueline/embedded'
import { eventually, startTestPostgres, testBroker } from '@dueline/testkit'
import pg from 'pg'
import t, { type Test } from 'tap'
import { grantGroup } from '../../packages/messaging/test/support/secure-kafka.ts'
import { prepareDatabases, type Databases } from '../harness/deployment.ts'
import { runJob, runProgram, untilReady, type ServiceProcess } from '../harness/service-process.ts'
import { takenPort } from '../harness/taken-port.ts'

/** What no output may hold. */
const password = 'hidden'
const postgres = await startTestPostgres()
const databases = await prepareDatabases(postgres.url)
t.teardown(async () => {
  await databases.drop()
  await postgres.stop()
})

function environmentOf (name: typeof serviceNames[number], { urlOf }: Databases = databases): Record<string, string> {
  return {
    PORT: '0',
    DATABASE_URL: urlOf(`${variableOf(name)}_DATABASE_URL`),
    BUS_DATABASE_URL: urlOf('BUS_DATABASE_URL'),
    AUTH_ISSUER: 'https://issuer.example',
    AUTH_JWKS_URL: 'https://issuer.example/keys',
    API_KEY_SECRET: Buffer.alloc(32).toString('base64')
  }
}

function run (t: Test, name: string, env: Record<string, string>, ...args: string[]): ServiceProcess {
  const started = runProgram(`services/${name}/src/main.ts`, { env, args })
  t.teardown(async () => await started.kill())
  return started
}

function records (text: string): { level: string, msg: string, faults?: string[] }[] {
  return text.trim().split('\n').filter((line) => line !== '').map((line) =>
    JSON.parse(line) as { level: string, msg: string }
  )
}

/** Ends with 78, one message and one record that both hold every fault. */
async function refuses (t: Test, started: ServiceProcess, faults: RegExp[]): Promise<void> {
  await eventually(() => !started.running() || started.stdout().includes('listening'), { deadlineMs: 120_000 })
  t.equal(started.running() ? 'it listens' : await started.exited, 78, 'exit code 78')
  const fatal = records(started.stdout()).filter(({ level }) => level === 'fatal')
  t.equal(fatal.length, 1, 'one record')
  t.equal(fatal[0]?.faults?.length, faults.length, 'with every fault')
  const lines = started.stderr().trim().split('\n')
  t.equal(lines.length, faults.length + 1, `one message: ${started.stderr()}`)
  for (const fault of faults) t.match(lines.slice(1).join('\n'), fault)
}

t.test('every mistake of a configuration at once', async (t) => {
  const wrong = {
    PORT: 'many',
    DATABASE_URL: `mysql://u:${password}@h/d`,
    AUTH_ISSUER: 'x',
    WEBHOOK_SECRET_KEY: 'short',
    SMTP_URL_FILE: '/missing'
  }
  await refuses(t, run(t, 'notification', wrong), [
    /PORT must be an integer, not "many"/,
    /DATABASE_URL must be an address like/,
    /BUS_DATABASE_URL is required/,
    /AUTH_ISSUER must be an address like https:.*ASCII.*, not "x"/,
    /AUTH_JWKS_URL is required/,
    /WEBHOOK_SECRET_KEY does not have the form of/,
    /SMTP_URL_FILE names \/missing, which cannot be read/
  ])
  const gateway = {
    AUTH_ISSUER: 'http://127.0.0.1:8080',
    AUTH_JWKS_URL: 'https://issuer.example',
    OPENAPI_FILE: '/missing.json',
    ...Object.fromEntries(serviceNames.map((name) => [`${variableOf(name)}_URL`, 'http://127.0.0.1:1']))
  }
  await refuses(t, run(t, 'gateway', gateway), [/OPENAPI_FILE names \/missing\.json, which cannot be read/])
})

t.test('--check-config and --print-config look at nothing but the configuration, and show no secret', async (t) => {
  const env = { ...environmentOf('ticket'), DATABASE_URL: `postgres://ticket:${password}@nowhere.invalid/d` }
  t.equal(await run(t, 'ticket', env, '--check-config').exited, 0)
  const print = run(t, 'ticket', env, '--print-config')
  t.equal(await print.exited, 0)
  t.match(JSON.parse(print.stdout()), { DATABASE_URL: '[redacted]', AUTH_ISSUER: 'https://issuer.example' })
  t.notMatch(print.stdout(), password)
})

t.test('unknown options and mistyped variables are mistakes of services and jobs alike', async (t) => {
  const env = { ...environmentOf('ticket'), KAFKA_BROKRES: 'k:9092' }
  await refuses(t, run(t, 'ticket', env, '--chek-config'), [
    /--chek-config is no option of this program; --check-config is/,
    /KAFKA_BROKRES is not known; KAFKA_BROKERS is/
  ])
  await Promise.all(['services/gateway', 'services/ticket', 'infra/kafka', 'infra/postgres'].map(async (program) => {
    const file = `${program}/src/main.ts`
    const mistyped = runProgram(file, { env: { LOGLEVEL: 'info' }, args: ['--check-config'] })
    t.equal(await mistyped.exited, 78, program)
    t.match(mistyped.stderr(), 'LOGLEVEL is not known; LOG_LEVEL is')
    const [help, version] = ['--help', '--version'].map((option) => runProgram(file, { env: {}, args: [option] })) as [
      ServiceProcess,
      ServiceProcess
    ]
    t.same([await help.exited, await version.exited], [0, 0], program)
    t.match(help.stdout(), /^Usage: [^]*--check-config[^]*(_URL|KAFKA_BROKERS)/)
    t.match(version.stdout(), /^\d+\.\d+\.\d+\n$/)
  }))
})

t.test('what is allowed and dangerous is warned of at the start', async (t) => {
  const env = {
    ...environmentOf('notification'),
    AUTH_JWKS_URL: 'http://issuer.example/keys',
    SMTP_URL: 'smtp://127.0.0.1:1',
    WEBHOOK_SECRET_KEY: Buffer.alloc(32).toString('base64'),
    WEBHOOK_ALLOW_PRIVATE: 'true',
    WEBHOOK_ALLOW_HTTP: 'true'
  }
  const risky = run(t, 'notification', env)
  await eventually(() => risky.stdout().includes('listening'))
  const warned = records(risky.stdout()).filter(({ level }) => level === 'warn').map(({ msg }) => msg.split(':', 1)[0])
  t.same(warned.slice(0, 3).sort(), ['AUTH_JWKS_URL', 'WEBHOOK_ALLOW_HTTP', 'WEBHOOK_ALLOW_PRIVATE'])
  const safe = run(t, 'ticket', environmentOf('ticket'))
  await eventually(() => safe.stdout().includes('listening'))
  t.same(records(safe.stdout()).filter(({ level }) => level === 'warn'), [])
})

t.test('the job of one service makes the event log too, also in the environment of the services', async (t) => {
  const fresh = await prepareDatabases(postgres.url, [])
  t.teardown(() => fresh.drop())
  const owner = fresh.urlOf('MIGRATION_DATABASE_URL')
  const shared = { BUS_DATABASE_URL: fresh.urlOf('BUS_DATABASE_URL'), DATABASE_URL: owner }
  const onKafka = run(t, 'ticket', { DATABASE_URL: owner, BUS: 'kafka' }, '--migrate')
  t.equal(await onKafka.exited, 0)
  const early = run(t, 'ticket', environmentOf('ticket', fresh))
  await eventually(() => early.stderr() !== '')
  t.match(early.stderr(), /the schema "bus" lacks \d+ migrations/, 'with BUS=kafka there is no log')
  const job = run(t, 'ticket', shared, '--migrate')
  t.equal(await job.exited, 0, job.stderr())
  t.match(job.stdout(), 'so is the event log')
  await eventually(() => early.stdout().includes('listening'))
  t.pass('and the service goes on')

  const elsewhere = { DATABASE_URL: owner, BUS_DATABASE_URL: databases.urlOf('BUS_DATABASE_URL') }
  await refuses(t, run(t, 'ticket', elsewhere, '--migrate'), [/^ {2}BUS_DATABASE_URL: the database refuses/m])
})

t.test('a second process on the same port', async (t) => {
  const port = await takenPort(t)
  const second = run(t, 'ticket', { ...environmentOf('ticket'), PORT: String(port) })
  t.equal(await second.exited, 78, 'exit code 78')
  t.match(second.stderr(), `port ${port} of 127.0.0.1 is taken by another process`)
})

t.test('a password, a database and a role that the server refuses', async (t) => {
  const { DATABASE_URL: right = '', ...env } = environmentOf('ticket')
  const wrong = (change: (url: URL) => void): string => {
    const url = new URL(right)
    change(url)
    return url.href
  }
  await refuses(
    t,
    run(t, 'ticket', {
      ...env,
      DATABASE_URL: wrong((url) => {
        url.password = 'wrong'
      })
    }),
    [/^ {2}DATABASE_URL: the database refuses: password authentication failed/m]
  )
  await refuses(
    t,
    run(t, 'ticket', {
      ...env,
      DATABASE_URL: wrong((url) => {
        url.pathname = '/missing'
      })
    }),
    [/^ {2}DATABASE_URL: the database refuses: database "missing" does not exist/m]
  )
  await refuses(t, run(t, 'ticket', { ...env, DATABASE_URL: databases.urlOf('CLOCK_DATABASE_URL') }), [
    /^ {2}DATABASE_URL: the database refuses: permission denied for schema ticket/m
  ])
})

t.test('a database that is away is waited for', async (t) => {
  const [port = 0, own = 0] = await choosePorts(0, 2)
  const url = new URL(databases.urlOf('TICKET_DATABASE_URL'))
  const relay = relayTo(url)
  url.host = `127.0.0.1:${port}`
  const waiting = run(t, 'ticket', { ...environmentOf('ticket'), DATABASE_URL: url.href, PORT: String(own) })
  await eventually(() => records(waiting.stdout()).length >= 2)
  t.match(
    waiting.stderr(),
    new RegExp(
      `^ticket: DATABASE_URL: the database cannot be reached \\(connect ECONNREFUSED 127\\.0\\.0\\.1:${port}\\); ` +
        `waiting for it\\n$`
    ),
    'said once'
  )
  t.match(records(waiting.stdout())[0] as object, { level: 'warn', msg: /cannot be reached/ }, 'and recorded')
  await new Promise<void>((resolve) => {
    relay.listen(port, '127.0.0.1', resolve)
  })
  await untilReady(waiting, `http://127.0.0.1:${own}`)
  t.pass('and goes on by itself')
  t.equal((await waiting.terminate()).ending, 0)
  await new Promise((resolve) => {
    relay.close(resolve)
  })
})

t.test('brokers that are away are waited for, and called brokers', async (t) => {
  const waiting = run(t, 'ticket', { ...environmentOf('ticket'), BUS: 'kafka', KAFKA_BROKERS: '127.0.0.1:1' })
  await eventually(() => waiting.stderr() !== '')
  t.match(
    waiting.stderr(),
    /^ticket: KAFKA_BROKERS: Kafka: cannot read the partitions of dueline\.ticket at the moment.*ECONNREFUSED.*; waiting for it\n$/
  )
})

t.test('a right to its group that a service lacks is a mistake, and names the command that grants it', async (t) => {
  const broker = await testBroker(t, {
    properties: {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found': 'true'
    }
  })
  if (broker === undefined) return
  await runJob('infra/kafka/src/main.ts', { env: { KAFKA_BROKERS: broker.brokers } })
  const [port = 0] = await choosePorts(0, 1)
  const env = { ...environmentOf('ticket'), BUS: 'kafka', KAFKA_BROKERS: broker.brokers, PORT: String(port) }
  await grantGroup(broker, 'another', 'ticket')
  await refuses(t, run(t, 'ticket', env), [
    /^ {2}KAFKA_BROKERS: Kafka: cannot read as a member of ticket: User:ANONYMOUS lacks the right READ to this consumer group: grant it with kafka-acls\.sh --bootstrap-server 127\.0\.0\.1:\d+ --add --allow-principal 'User:ANONYMOUS' --operation READ --group ticket \(/m
  ])
  await grantGroup(broker, 'ANONYMOUS', 'ticket')
  const granted = run(t, 'ticket', env)
  await untilReady(granted, `http://127.0.0.1:${port}`)
  t.equal(granted.stderr(), '', 'granted, it starts without a word')
  t.equal((await granted.terminate()).ending, 0)
})

/** A door to the database that is not open yet. */
function relayTo ({ hostname: host, port }: URL): Server {
  return createServer((caller) => {
    const there = connect({ host, port: Number(port) })
    caller.on('error', () => there.destroy()).on('close', () => there.destroy())
    there.on('error', () => caller.destroy()).on('close', () => caller.destroy())
    caller.pipe(there).pipe(caller)
  })
}

t.test('a schema that is not there yet is waited for; one that is too new is refused', async (t) => {
  const fresh = await prepareDatabases(postgres.url)
  t.teardown(() => fresh.drop())
  const admin = new pg.Client({ connectionString: fresh.adminUrl })
  await admin.connect()
  t.teardown(() => admin.end())
  const one = "where source = 'ticket' and name = '0003_imports.sql'"
  await admin.query(`create table kept as select * from ticket.schema_migration ${one}`)
  await admin.query(`delete from ticket.schema_migration ${one}`)
  const early = run(t, 'ticket', environmentOf('ticket', fresh))
  await eventually(() => early.stderr() !== '')
  t.match(
    early.stderr(),
    /the schema "ticket" lacks 1 migrations \(ticket\/0003_imports\.sql first\): run this program with --migrate under the role that owns it; waiting/
  )
  await admin.query('insert into ticket.schema_migration select * from kept')
  await eventually(() => early.stdout().includes('listening'))
  t.pass('and goes on when the job has run')

  await admin.query(
    `insert into ticket.schema_migration (source, name, checksum, breaking)
      values ('ticket', '9998_more.sql', '', false)`
  )
  const older = run(t, 'ticket', environmentOf('ticket', fresh))
  await eventually(() => older.stdout().includes('listening'))
  t.pass('a newer schema that breaks nothing is no reason to stop: replicas of two releases run side by side')
  await admin.query(
    `insert into ticket.schema_migration (source, name, checksum, breaking)
      values ('ticket', '9999_break.sql', '', true)`
  )
  await refuses(t, run(t, 'ticket', environmentOf('ticket', fresh)), [
    /the schema "ticket" is newer than this program \(ticket\/9999_break\.sql\): run the release that brought it, or a later one/
  ])
})
