// A process of its own that writes as a service does; started by ../outbox.ts with its orders as one JSON argument.
import { createDatabase } from '../../packages/postgres/src/index.ts'
import { completeEvent, createOutbox, encodeEvent } from '../../packages/messaging/src/index.ts'
import { createLogger } from '../../packages/runtime/src/index.ts'
import { benchEvent } from './event.ts'

interface Orders {
  url: string
  mode: 'bare' | 'statement' | 'transaction'
  connections: number
  seconds: number
  aggregates: number
}

const { url, mode, connections, seconds, aggregates } = JSON.parse(process.argv[2] ?? '{}') as Orders
const database = createDatabase({
  url,
  schema: 'notification',
  poolMax: connections,
  applicationName: 'bench-writer',
  logger: createLogger({ service: 'bench', level: 'warn' })
})
const outbox = createOutbox()
let written = 0

async function writeBare (): Promise<void> {
  await database.pool.query({
    name: 'bare',
    text: 'insert into bare (note) values ($1)',
    values: ['a row of about the size of a small event']
  })
}

// Update and outbox row by one statement, which is one transaction: the least that a client can send. The row is locked
// by the update before the insert takes its number.
const change = `
  with changed as (update aggregate set version = version + 1 where id = $1 returning version)
  insert into outbox (tenant_id, id, type, partition_key, headers, payload)
  select $2, $3, $4, $5, $6 || ',"ce_sequence":"' || version || '"}', $7 from changed`

async function writeStatement (): Promise<void> {
  const aggregate = Math.floor(Math.random() * aggregates)
  const event = benchEvent(`aggregate-${aggregate}`, 0)
  const { headers: { ce_sequence: _, ...headers }, value } = encodeEvent(completeEvent(event))
  await database.pool.query({
    name: 'statement',
    text: change,
    values: [
      aggregate,
      event.tenantId,
      event.id,
      event.type,
      event.partitionKey,
      JSON.stringify(headers).slice(0, -1),
      value
    ]
  })
}

// As services do it: begin, update, insert, commit.
async function writeTransaction (): Promise<void> {
  const aggregate = Math.floor(Math.random() * aggregates)
  await database.tx(async (tx) => {
    const { rows } = await tx.$client.query<{ version: number }>({
      name: 'change',
      text: 'update aggregate set version = version + 1 where id = $1 returning version',
      values: [aggregate]
    })
    await outbox.add(tx, [benchEvent(`aggregate-${aggregate}`, rows[0]!.version)])
  })
}

const write = { bare: writeBare, statement: writeStatement, transaction: writeTransaction }[mode]
// connections and prepared statements first
await Promise.all(Array.from({ length: connections }, async () => await database.pool.query('select pg_sleep(0.05)')))
const cpu = process.cpuUsage()
const started = performance.now()
const end = started + seconds * 1000
await Promise.all(Array.from({ length: connections }, async () => {
  while (performance.now() < end) {
    await write()
    written++
  }
}))
const elapsed = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(cpu)
await database.close()
process.stdout.write(JSON.stringify({ written, perSecond: written / elapsed, cpuSeconds: (user + system) / 1e6 }))
