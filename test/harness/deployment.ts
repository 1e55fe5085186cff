import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { serviceNames, variableOf, type Role, type ServiceName } from '@dueline/contracts'
import { loadIssuer } from '@dueline/demo'
import { choosePorts } from '@dueline/embedded'
import { startMailCatcher, startMailPage } from '@dueline/mail-catcher'
import { systemClock } from '@dueline/runtime'
import pg from 'pg'
import { startBalancer, type Balancer } from './balancer.ts'
import { runJob, runProgram, untilReady, type ServiceProcess } from './service-process.ts'

/** A service, or the gateway before them. */
export type ProgramName = ServiceName | 'gateway'

/** One running replica of a service. */
export interface Replica extends ServiceProcess {
  readonly name: ProgramName
  readonly url: string
  readonly port: number
  readonly operationsUrl: string
}

/** Every service in processes of their own, each with its own database role, behind one gateway address. */
export interface Deployment {
  readonly url: string
  readonly mailUrl: string
  readonly database: Databases
  readonly replicas: Replica[]
  token(claims: { tenant: string, personId: string, roles: Role[] }): Promise<string>
  environmentOf(name: ProgramName): Record<string, string>
  /** Starts one more replica and sends it requests once it is ready. */
  start(name: ProgramName, env?: Record<string, string>): Promise<Replica>
  /** Sends it no more requests; it goes on running. */
  retire(replica: Replica): void
  stop(): Promise<void>
}

/** Addresses of one database, each with a role of its own. */
export interface Databases {
  /** The role that may do everything, in this database. */
  adminUrl: string
  urlOf(key: string): string
  drop(): Promise<void>
}

export interface DeploymentOptions {
  folder: string
  /** A Postgres server with a role that may make databases and roles. */
  adminUrl: string
  /** Added to the environment of every service. */
  env?: Record<string, string>
}

/** Keys of the roles job, by which `urlOf` knows them. */
const databaseKeys = [
  'MIGRATION_DATABASE_URL',
  'BUS_DATABASE_URL',
  ...serviceNames.map((name) => `${variableOf(name)}_DATABASE_URL`)
]

/**
 * A fresh database with its roles and schemas, and the tables of these services, made by the jobs that a deployment
 * runs.
 */
export async function prepareDatabases (
  serverUrl: string,
  migrated: readonly string[] = serviceNames
): Promise<Databases> {
  const mark = randomBytes(4).toString('hex')
  const adminUrl = new URL(serverUrl)
  adminUrl.pathname = `/deployment_${mark}`
  await asAdmin(serverUrl, `create database deployment_${mark}`)
  const password = randomBytes(16).toString('hex')
  const urls = Object.fromEntries(databaseKeys.map((key) => {
    const url = new URL(adminUrl)
    url.username = `${key.toLowerCase().replace('_database_url', '')}_${mark}`
    url.password = password
    return [key, url.href]
  }))
  const urlOf = (key: string): string => urls[key] ?? ''
  await runJob('infra/postgres/src/main.ts', { env: { ...urls, ADMIN_DATABASE_URL: adminUrl.href } })
  const migrator = { DATABASE_URL: urlOf('MIGRATION_DATABASE_URL'), LOG_LEVEL: 'warn' }
  await Promise.all(
    migrated.map((name) => runJob(`services/${name}/src/main.ts`, { env: migrator, args: ['--migrate'] }))
  )
  const drop = async (): Promise<void> => {
    await asAdmin(
      serverUrl,
      `drop database deployment_${mark} with (force)`,
      ...Object.values(urls).map((url) => `drop role ${new URL(url).username}`)
    )
  }
  return { adminUrl: adminUrl.href, urlOf, drop }
}

async function asAdmin (url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Prepares a database and starts one replica of every service, the gateway last. */
export async function startDeployment (options: DeploymentOptions): Promise<Deployment> {
  const { folder, adminUrl, env = {} } = options
  await mkdir(folder, { recursive: true })
  const database = await prepareDatabases(adminUrl)
  const issuer = await loadIssuer(folder, systemClock)
  const [smtpPort = 0, mailPort = 0, issuerPort = 0] = await choosePorts(0, 3)
  const mails = await startMailCatcher({ folder: join(folder, 'mail'), port: smtpPort })
  const mailPage = await startMailPage({ catcher: mails, port: mailPort })
  const issuerProcess = runProgram('infra/demo/src/issuer-main.ts', {
    env: { ISSUER_FOLDER: folder, PORT: String(issuerPort) }
  })
  const balancers = new Map<ProgramName, Balancer>()
  for (const name of [...serviceNames, 'gateway'] as const) balancers.set(name, await startBalancer())
  const urlOf = (name: ProgramName): string => balancers.get(name)?.url ?? ''

  const all: Record<string, string> = {
    LOG_LEVEL: 'warn',
    AUTH_ISSUER: issuer.issuer,
    AUTH_JWKS_URL: `http://127.0.0.1:${issuerPort}/.well-known/jwks.json`,
    BUS_DATABASE_URL: database.urlOf('BUS_DATABASE_URL'),
    ...Object.fromEntries(serviceNames.map((name) => [`${variableOf(name)}_URL`, urlOf(name)])),
    SMTP_URL: `smtp://127.0.0.1:${smtpPort}?ignoreTLS=true`,
    MAIL_FROM: 'Dueline <no-reply@deployment.example>',
    API_KEY_SECRET: randomBytes(32).toString('base64'),
    WEBHOOK_SECRET_KEY: randomBytes(32).toString('base64'),
    WEBHOOK_ALLOW_PRIVATE: 'true',
    WEBHOOK_ALLOW_HTTP: 'true',
    OBJECT_FOLDER: join(folder, 'objects'),
    OBJECT_URL: urlOf('gateway'),
    OBJECT_SIGNING_KEY: randomBytes(32).toString('base64'),
    HOST: '127.0.0.1',
    RATE_PER_ADDRESS: '0',
    RATE_PER_CALLER: '0',
    ...env
  }
  const environmentOf = (name: ProgramName): Record<string, string> => ({
    ...all,
    ...(name === 'gateway' ? {} : { DATABASE_URL: database.urlOf(`${variableOf(name)}_DATABASE_URL`) })
  })

  const replicas: Replica[] = []
  const deployment: Deployment = {
    url: urlOf('gateway'),
    mailUrl: mailPage.url,
    database,
    replicas,
    token: async (claims) => await issuer.token(claims, 3_600),
    environmentOf,
    async start (name, more = {}) {
      const [port = 0, operationsPort = 0] = await choosePorts(0, 2)
      const started = runProgram(`services/${name}/src/main.ts`, {
        env: { ...environmentOf(name), PORT: String(port), OPERATIONS_PORT: String(operationsPort), ...more }
      })
      const url = `http://127.0.0.1:${port}`
      const replica: Replica = {
        ...started,
        name,
        url,
        port,
        operationsUrl: name === 'gateway' ? `http://127.0.0.1:${operationsPort}` : url
      }
      replicas.push(replica)
      void started.exited.then(() => {
        deployment.retire(replica)
      })
      await untilReady(started, url)
      balancers.get(name)?.add(port)
      return replica
    },
    retire (replica) {
      balancers.get(replica.name)?.remove(replica.port)
      if (replicas.includes(replica)) replicas.splice(replicas.indexOf(replica), 1)
    },
    async stop () {
      await Promise.all([...replicas].map(async (replica) => await replica.kill()))
      await issuerProcess.kill()
      for (const balancer of balancers.values()) await balancer.close()
      await mailPage.stop()
      await mails.stop()
      await database.drop()
    }
  }
  try {
    await Promise.all(serviceNames.map(async (name) => await deployment.start(name)))
    await deployment.start('gateway')
  } catch (error) {
    // Else the test would wait for those that did start.
    await deployment.stop()
    throw error
  }
  return deployment
}
