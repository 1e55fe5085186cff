// Every service in a process of its own, from what is built, each with its own database role: the demonstration, and an
// orderly end.
import { randomBytes } from 'node:crypto'
import { demoAccess, demoAdmin, runDemo, seedDemo } from '@dueline/demo'
import { startTestPostgres, testKafka } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { startDeployment, type Deployment } from '../harness/deployment.ts'
import { runJob, runProgram, type ServiceProcess } from '../harness/service-process.ts'
import { mailsOf } from '../harness/short-agreement.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

// most of it is waiting
t.jobs = 2

const drainMsMax = 10_000

const brokers = await testKafka(t)

async function deploy (t: Test, env: Record<string, string> = {}): Promise<Deployment> {
  const postgres = await startTestPostgres()
  t.teardown(() => postgres.stop())
  const begunMs = performance.now()
  const deployment = await startDeployment({ folder: await temporaryFolder(t), adminUrl: postgres.url, env })
  t.teardown(() => deployment.stop())
  t.comment(
    `database, roles, tables and seven services ready after ${((performance.now() - begunMs) / 1000).toFixed(1)} s`
  )
  return deployment
}

async function runDemoOn (t: Test, deployment: Deployment): Promise<void> {
  const access = await demoAccess(deployment.url, deployment.token)
  const seed = await seedDemo(access)
  t.same(
    await runDemo({
      access,
      seed,
      mails: () => mailsOf(deployment),
      webhookUrl: 'http://127.0.0.1:0',
      print: () => {}
    }),
    [],
    'nothing is missing'
  )
}

async function endEach (t: Test, deployment: Deployment): Promise<void> {
  for (const replica of [...deployment.replicas].reverse()) {
    const { ending, ms } = await replica.terminate()
    t.equal(ending, 0, `${replica.name} ends with 0`)
    t.ok(ms < drainMsMax, `after ${Math.round(ms)} ms`)
  }
}

/** What costs a query, and what only one service has. */
const ownMetrics: Record<string, string[]> = {
  ticket: ['dueline_outbox_oldest_age_seconds', 'dueline_outbox_waiting_events', 'dueline_database_connections'],
  clock: ['dueline_clock_open_clocks'],
  escalation: ['dueline_escalation_open_escalations'],
  notification: [
    'dueline_notification_pending_mails',
    'dueline_notification_pending_deliveries',
    'dueline_notification_event_streams'
  ],
  gateway: ['dueline_gateway_upstream_duration_seconds_count']
}

t.test(
  'the demonstration comes true on separate processes, and each ends in time when it is stopped',
  { buffered: true },
  async (t) => {
    const deployment = await deploy(t)
    await runDemoOn(t, deployment)

    const runProgramOfDemo = (token: string): ServiceProcess =>
      runProgram('infra/embedded/src/demo-main.ts', { env: {}, args: ['--url', deployment.url, '--token', token] })
    const admin = runProgramOfDemo(await deployment.token(demoAdmin))
    t.equal(
      await admin.exited,
      0,
      `and again for who has nothing but its address and the token of an admin: ${admin.stdout()}`
    )
    t.match(
      admin.stdout(),
      /webhooks: skipped[^]*mails: skipped|mails: skipped[^]*webhooks: skipped/,
      'what it cannot see, it says'
    )
    const agent = runProgramOfDemo(await deployment.token({ ...demoAdmin, roles: ['agent'] }))
    t.equal(await agent.exited, 1, 'the counter-test: an agent cannot run it')
    t.match(agent.stdout(), 'the token of an administrator: this one is of agent')

    for (const { name, operationsUrl } of deployment.replicas) {
      const metrics = await (await fetch(`${operationsUrl}/metrics`)).text()
      const counted = new RegExp(`^dueline_http_request_duration_seconds_count{.*service="${name}"`, 'm')
      t.match(metrics, counted, `${name} counts its requests`)
      t.match(metrics, /^dueline_build_info\{version="\d+\.\d+\.\d+",node="v\d+[^"]*",service="[a-z-]+"\} 1$/m)
      for (const metric of ownMetrics[name] ?? []) {
        t.match(
          metrics,
          new RegExp(`^${metric}{.*} \\d`, 'm'),
          `${name} reports ${metric}`
        )
      }
    }
    await endEach(t, deployment)
  }
)

t.test('and on Kafka', { skip: brokers === undefined, buffered: true }, async (t) => {
  const kafka = { KAFKA_BROKERS: brokers!.join(), KAFKA_PREFIX: `separate-${randomBytes(4).toString('hex')}-` }
  await runJob('infra/kafka/src/main.ts', { env: kafka })
  const deployment = await deploy(t, { BUS: 'kafka', ...kafka })
  await runDemoOn(t, deployment)
  await endEach(t, deployment)
})
