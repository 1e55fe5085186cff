import t from 'tap'
import { startTicket } from './harness.ts'

void t.test('every operation is documented with its roles, and the document names what it answers', async (t) => {
  const service = await startTicket(t)
  const document: any = (await service.http.inject('/openapi.json')).json()
  const operations = Object.entries<any>(document.paths).flatMap(([path, item]) =>
    Object.entries<any>(item).map(([method, operation]) => [`${method} ${path}`, operation])
  )
  t.same(Object.fromEntries(operations.map(([name, { operationId }]) => [name, operationId])), {
    'post /v1/tickets': 'createTicket',
    'get /v1/tickets': 'listTickets',
    'post /v1/tickets/batch': 'createTickets',
    'get /v1/tickets/{ticketId}': 'getTicket',
    'patch /v1/tickets/{ticketId}': 'updateTicket',
    'post /v1/tickets/{ticketId}/messages': 'createMessage',
    'get /v1/tickets/{ticketId}/messages': 'listTicketMessages',
    'post /v1/tickets/{ticketId}/transitions': 'transitionTicket',
    'post /v1/tickets/{ticketId}/assignments': 'assignTicket',
    'get /v1/tickets/{ticketId}/timeline': 'listTimelineEntries',
    'post /v1/people': 'createPerson',
    'get /v1/people': 'listPeople',
    'get /v1/people/{personId}': 'getPerson',
    'patch /v1/people/{personId}': 'updatePerson',
    'get /v1/me': 'getMe',
    'post /v1/ticket-imports': 'importTickets',
    'get /v1/ticket-imports/{importId}': 'getTicketImport',
    'get /v1/ticket-imports/{importId}/lines': 'listTicketImportLines',
    'get /v1/ticket/dead-letters': 'listTicketDeadLetters',
    'post /v1/ticket/dead-letters/{deadLetterId}/resend': 'resendTicketDeadLetter'
  })
  t.ok(operations.every(([, operation]) => Array.isArray(operation['x-roles'])))
  const body = document.paths['/v1/ticket-imports'].post.requestBody.content
  t.same(Object.keys(body), ['application/x-ndjson'])
  t.ok(body['application/x-ndjson'].schema['x-line'].properties.facts)
  const statuses = (path: string, method: string): string[] => Object.keys(document.paths[path][method].responses)
  t.ok(
    ['200', '400', '401', '403', '404', '409'].every((status) =>
      statuses('/v1/tickets/{ticketId}/transitions', 'post').includes(status)
    )
  )
  t.ok(['412', '428'].every((status) => statuses('/v1/tickets/{ticketId}', 'patch').includes(status)))
})
