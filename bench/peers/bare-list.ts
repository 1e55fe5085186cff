// The peer of `list-tickets`: what a plain Fastify with pg reaches that reads the same page of the same table. No
// token, no tenant's wall, no validation, no cursor.
import Fastify from 'fastify'
import pg from 'pg'

const [url = ''] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: url, max: 10 })
const app = Fastify()
app.get('/v1/tickets', async () => {
  const { rows } = await pool.query({
    name: 'page',
    text: "select * from ticket.ticket where tenant_id = 'bench' order by created_at desc, id desc limit 20"
  })
  return { items: rows }
})
const address = await app.listen({ port: 0, host: '127.0.0.1' })
process.send?.({ url: address })
process.on('disconnect', () => process.exit(0))
