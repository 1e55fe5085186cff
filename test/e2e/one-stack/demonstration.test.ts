import { demoAccess, runDemo, seedDemo, type DemoAccess, type DemoSeed } from '@dueline/demo'
import { startStack } from '@dueline/embedded'
import { silentLogger, testKafka } from '@dueline/testkit'
import t from 'tap'
import { stackBuses } from '../../harness/buses.ts'
import { stackFolder } from '../../harness/stack-folder.ts'

/**
 * The demonstration with a question that has no agreement and no rule: what it waits for never comes.
 * @returns what was printed
 */
async function stoppedAt (when: 'never' | 'opened', access: DemoAccess, seed: DemoSeed): Promise<string[]> {
  const { data: question } = await access.as.sales.get('/v1/questions/{questionId}', {
    path: { questionId: seed.questionId }
  })
  const body = { moduleId: question.moduleId, name: `No agreement: ${when}` }
  const { data: { id: questionId } } = await access.as.sales.post('/v1/questions', { body })
  const stop = new AbortController()
  const printed: string[] = []
  if (when === 'never') stop.abort()
  await runDemo({
    access,
    seed: { questionId },
    webhookUrl: 'http://127.0.0.1:0',
    print: (line) => printed.push(line),
    opened: () => setImmediate(() => stop.abort()),
    signal: stop.signal
  })
  return printed
}

for (const { name, options } of stackBuses(await testKafka(t))) {
  t.test(`on ${name} a ticket breaches, escalates, is answered and resolved, and everybody hears of it`, async (t) => {
    const folder = await stackFolder(t)
    const stack = await startStack({ folder, port: 0, logger: silentLogger, ...options })
    t.teardown(() => stack.stop())
    const access = await demoAccess(stack.url, stack.token)
    const seed = await seedDemo(access)
    const webhookUrl = 'http://127.0.0.1:0'
    const missing = async () =>
      await runDemo({ access, seed, mails: () => stack.mails.list(), webhookUrl, print: () => {} })
    t.same(await missing(), [], 'nothing is missing')
    t.same(await seedDemo(access), seed, 'seeding again changes nothing')
    await t.rejects(seedDemo(access, AbortSignal.abort(new Error('stop'))), { message: 'stop' }, 'nobody waits for it')
    t.same(await stoppedAt('never', access, seed), [], 'one that is to end before it begins opens no ticket')
    t.equal((await stoppedAt('opened', access, seed)).length, 1, 'one that is to end meanwhile says no more')
    t.same((await access.as.integrator.get('/v1/webhook-endpoints')).data.items, [], 'and both leave no endpoint')
    t.same(await missing(), [], 'and the demonstration comes true again on the same data')
  })
}
