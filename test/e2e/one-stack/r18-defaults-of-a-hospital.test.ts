// R18: a house without rows starts from a preset; the default of the severity holds, with its reminders.
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf } from '../../harness/short-agreement.ts'
import { publish, resolutionClock } from '../../harness/sla-table.ts'

t.test('a hospital starts from its preset, with the default of the severity', async (t) => {
  const stack = await oneStack()
  const api = await apiOf(stack, 'hospital-preset')
  const { data: { items } } = await api.get('/v1/sla-policy-presets')
  const { settings } = items.find(({ id }) => id === 'hospital')!
  await api.put('/v1/sla-policy-settings', { body: settings, headers: { 'If-Match': '"0"' } })
  await publish(api)
  const clock = await resolutionClock(api, { priority: 'P2', severity: 'medium' })
  t.equal(clock.target, 'PT48H')
  const { data } = await api.get('/v1/agreements', { query: { ticketId: clock.ticketId } })
  t.match(data.items[0], {
    origin: 'tenant_default',
    rowName: 'Default medium',
    reminders: [{ before: 'PT24H' }, { before: 'PT6H', urgent: true }]
  })
})
