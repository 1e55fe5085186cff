// The list of services (packages/contracts/src/services.ts), compared with the files that cannot read it.
import { readdirSync } from 'node:fs'
import { builderOf, eventTypes, publisherOf, schemaOf, serviceNames, topics, variableOf } from '@dueline/contracts'
import t from 'tap'
import { leftOvers, missingPlaces } from './harness/places-of-services.ts'

t.test('every folder of services but the gateway is in the list', (t) => {
  t.same(readdirSync('services').filter((name) => name !== 'gateway').sort(), [...serviceNames].sort())
  t.end()
})

t.test('files that cannot read the list agree with it', (t) => {
  for (const name of serviceNames) t.same(missingPlaces(name), [], name)
  t.ok(missingPlaces('nobody').length > 10, 'the counter-test: a service that is not there lacks everything')
  t.same(leftOvers(serviceNames), [])
  t.same(leftOvers(serviceNames.filter((name) => name !== 'clock')), ['clock'], 'the counter-test: one that has gone')
  t.end()
})

t.test('a name says schema, builder, variables and topic', async (t) => {
  t.same([schemaOf('sla-policy'), variableOf('sla-policy'), builderOf('sla-policy'), topics['sla-policy']], [
    'sla_policy',
    'SLA_POLICY',
    'buildSlaPolicy',
    'dueline.sla-policy'
  ])
  for (const name of serviceNames) {
    const app = await import(`../services/${name}/src/app.ts`) as Record<string, unknown>
    t.equal(app['schema'], schemaOf(name))
    t.type(app[builderOf(name)], 'function')
    t.ok(eventTypes.some((type) => publisherOf[type] === name))
  }
})
