import { createClient, isProblem } from '@dueline/client'

const dueline = createClient({ url: process.env['DUELINE'] ?? '', token: async () => process.env['TOKEN'] ?? '' })

// What has happened so far; keep the cursor of what you have dealt with.
let after: string | undefined
for await (const { cursor } of dueline.feed()) after = cursor

// A lost connection is tried again, with one Idempotency-Key: there is one ticket.
const { data: people } = await dueline.get('/v1/people', { query: { role: 'customer', limit: 1 } })
const customerId = people.items[0]?.id ?? ''
const { data: ticket } = await dueline.post('/v1/tickets', {
  body: { subject: 'The printer is on fire', priority: 'P1', customerId }
})
const path = { ticketId: ticket.id }
console.log(`opened ${ticket.number}`)

// A list is read page by page.
const query = { ticketId: ticket.id, waitFor: ticket.version }
for await (const clock of dueline.paginate('/v1/clocks', { query })) console.log(`${clock.metric} is ${clock.state}`)

// Reads, changes and writes with If-Match; begins anew when somebody else was faster.
await dueline.change('/v1/tickets/{ticketId}', { path }, ({ tags }) => ({ tags: [...tags, 'fire'] }))

// A refusal is an error of its code.
try {
  await dueline.post('/v1/tickets/{ticketId}/transitions', { path, body: { to: 'closed' } })
} catch (error) {
  if (!isProblem(error, 'ticket_transition_refused')) throw error
  console.log(`allowed: ${String(error.body['allowed'])}`)
}

// Events as they happen, after the cursor, across broken connections.
for await (const { event } of dueline.stream({ after, types: ['dueline.clock.started.v1'] })) {
  console.log(`${event.data.clock.metric} started at ${event.data.clock.startedAt}`)
  if (event.data.clock.metric === 'resolution') break
}
