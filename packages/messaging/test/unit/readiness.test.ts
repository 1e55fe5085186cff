import type { Database } from '@dueline/postgres'
import t from 'tap'
import type { Consumer } from '../../src/consumer.ts'
import { readinessOf, type Health } from '../../src/index.ts'

const consumerWith = (health: Health) => ({ health: () => health }) as Consumer
const databaseThat = (query: () => Promise<unknown>) => ({ pool: { query } }) as unknown as Database
const answers = databaseThat(async () => ({ rows: [] }))
const refuses = databaseThat(async () => {
  throw new Error('connect ECONNREFUSED')
})

t.test('a service is ready when its database answers and its bus is not down', async (t) => {
  t.same(await readinessOf(answers, consumerWith({ state: 'ok', detail: 'reading' }))(), [{
    name: 'database',
    ok: true
  }, { name: 'bus', ok: true, detail: 'reading' }])
  t.match(await readinessOf(answers, consumerWith({ state: 'degraded', detail: 'transactions fail' }))(), [
    { ok: true },
    { ok: true, detail: 'transactions fail' }
  ])
})

t.test('what is wrong is reported of both', async (t) => {
  t.same(await readinessOf(refuses, consumerWith({ state: 'down', detail: 'no broker' }))(), [
    { name: 'database', ok: false, detail: 'connect ECONNREFUSED' },
    { name: 'bus', ok: false, detail: 'no broker' }
  ])
})
