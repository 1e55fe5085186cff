import { demoAccess, runDemo, seedDemo } from '@dueline/demo'
import { startStack } from '@dueline/embedded'
import { silentLogger, testKafka } from '@dueline/testkit'
import t from 'tap'
import { stackBuses } from '../../harness/buses.ts'
import { stackFolder } from '../../harness/stack-folder.ts'

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
    t.same(await missing(), [], 'and the demonstration comes true again on the same data')
  })
}
