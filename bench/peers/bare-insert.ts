// The peer of `create-ticket`: what a plain Fastify with pg reaches that stores the same rows and does nothing else. No
// token, no validation beyond parsing, no idempotency, no event.
import Fastify from 'fastify'
import pg from 'pg'

const [url = ''] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: url, max: 10 })
await pool.query(`
  create schema if not exists bare;
  create table if not exists bare.ticket (like ticket.ticket including all);
  create table if not exists bare.ticket_timeline (like ticket.ticket_timeline including all);
  create table if not exists bare.outbox (like ticket.outbox including all);
  create sequence if not exists bare.number`)

const app = Fastify()
app.post('/v1/tickets', async (request, reply) => {
  const { subject, description, priority, type } = request.body as Record<string, string>
  const client = await pool.connect()
  try {
    await client.query('begin')
    const { rows: [ticket] } = await client.query({
      name: 'ticket',
      text: `insert into bare.ticket (tenant_id, id, number, subject, description, type, status, priority, severity,
               customer_id, tags, custom, channel, created_at, updated_at, reopen_count, version)
             values ('bench', gen_random_uuid(), 'T-' || nextval('bare.number'), $1, $2, $3, 'new', $4, 'medium',
               '01990000-0000-7000-8000-00000000000c', '{}', '{}', 'api', now(), now(), 0, 1)
               returning *`,
      values: [subject, description, type, priority]
    })
    await client.query({
      name: 'timeline',
      text: `insert into bare.ticket_timeline (tenant_id, ticket_id, version, at, kind, actor_kind, changes, internal)
        values ('bench', $1, 1, now(), 'created', 'customer', '[]', false)`,
      values: [ticket.id]
    })
    await client.query({
      name: 'outbox',
      text: `insert into bare.outbox (tenant_id, id, type, partition_key, headers, payload)
        values ('bench', gen_random_uuid(), 'dueline.ticket.created.v1', $1, '{}', $2)`,
      values: [ticket.id, JSON.stringify(ticket)]
    })
    await client.query('commit')
    return await reply.code(201).send(ticket)
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
})
const address = await app.listen({ port: 0, host: '127.0.0.1' })
process.send?.({ url: address })
process.on('disconnect', () => process.exit(0))
