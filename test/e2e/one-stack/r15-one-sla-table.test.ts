// R15: the sales team keeps its SLA table in a spreadsheet: imports it, looks for mistakes, publishes, exports.
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf } from '../../harness/short-agreement.ts'
import { publish, resolutionClock, sendFile } from '../../harness/sla-table.ts'

t.test('a table from a spreadsheet decides, and comes back as it was', async (t) => {
  const stack = await oneStack()
  const tenant = 'one-sla-table'
  const api = await apiOf(stack, tenant)
  const catalogue = 'kind;product;name\nproduct;;Printer\nmodule;Printer;Tray\n'
  t.match(await (await sendFile(stack, tenant, '/v1/catalogue/import', catalogue)).json(), {
    applied: true,
    created: 2
  })
  const rows = [
    'name;product;priority;targets.first_response;targets.resolution;reminders',
    "'=Printers, urgent;Printer;P1;30 min;4:00;at 50%",
    'Everything;;;8h;72h;none'
  ].join('\r\n')
  const tried = await sendFile(stack, tenant, '/v1/sla-rows/import?dryRun=true', rows.replace('4:00', '4'))
  t.match(await tried.json(), {
    applied: false,
    refused: 1,
    results: [{ line: 2, faults: [{ field: 'targets.resolution', message: /without|duration/ }] }, {}]
  })
  t.match(await (await sendFile(stack, tenant, '/v1/sla-rows/import', rows)).json(), { applied: true, created: 2 })
  const { data: { items: findings } } = await api.get('/v1/sla-rows/findings')
  t.same(findings, [], 'nothing to look at')
  await publish(api)
  const { data: { items: [product] } } = await api.get('/v1/products', { query: { q: 'print' } })
  const clock = await resolutionClock(api, { priority: 'P1', severity: 'high', productId: product!.id })
  t.equal(clock.target, 'PT4H')
  for (const format of ['csv', 'xlsx']) {
    const exported = await sendFile(stack, tenant, `/v1/sla-rows/export?format=${format}`)
    const bytes = new Uint8Array(await exported.arrayBuffer())
    const body = format === 'csv' ? new TextDecoder().decode(bytes) : bytes
    const again = await (await sendFile(stack, tenant, '/v1/sla-rows/import', body)).json()
    t.match(again, { applied: true, unchanged: 2, created: 0, updated: 0 }, format)
  }
})
