import t from 'tap'
import { describeAnswers } from '../../src/answers.ts'

function described (operationId: string, statuses: readonly number[], said?: Record<number, string>): string[] {
  const responses = Object.fromEntries(statuses.map((status) => [status, { description: 'Default Response' }]))
  describeAnswers(operationId, responses, said)
  return Object.values(responses).map(({ description }) => description)
}

t.test('an answer is described by what its operation is called', async (t) => {
  t.same(described('listSlaRows', [200]), ['A page of SLA rows'])
  t.same(described('getSlaPolicySettings', [200]), ['The SLA policy settings'])
  t.same(described('createTicket', [201]), ['The new ticket'])
  t.same(described('updateTicket', [200]), ['The ticket after the change'])
  t.same(described('deleteWebhookEndpoint', [204]), ['Done; there is no body'])
})

t.test('what the operation says of an answer goes first', async (t) => {
  const said = { 200: 'The message that was there already' }
  t.same(described('createMessage', [200, 201], said), [said[200], 'The new message'])
})

t.test('an answer whose schema describes itself stays as it is', async (t) => {
  const responses = { 200: { description: 'Events, as they happen' } }
  describeAnswers('getEvents', responses)
  t.same(responses, { 200: { description: 'Events, as they happen' } })
})
