import { readFileSync } from 'node:fs'
import { describeConfig } from '@dueline/runtime'
import t from 'tap'
import { ConfigSchema } from '../../src/config.ts'
import { specificityOf } from '../../src/domain/match.ts'
import { builtInTargets } from '../../src/domain/policy.ts'
import { idOf, row } from './generators.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

t.test('the README lists the configuration as it is', async (t) => {
  t.ok(readme.includes(describeConfig(ConfigSchema)))
})

t.test('the README names every table', async (t) => {
  const migration = readFileSync(new URL('../../migrations/0001_policy.sql', import.meta.url), 'utf8')
  for (const [, table] of migration.matchAll(/^create table (\w+)/gm)) {
    t.ok(readme.includes(`\`${table}\``), String(table))
  }
})

t.test('the README has the weights and the built-in targets', async (t) => {
  const named = [
    { customerId: idOf(1) },
    { questionId: idOf(1) },
    { moduleId: idOf(1) },
    { productId: idOf(1) },
    { when: { field: 'ticket.type', op: 'exists' } as const },
    { severity: 'low' as const },
    { priority: 'P1' as const }
  ]
  t.ok(readme.includes(`| counts | ${named.map((partial) => specificityOf(row(partial))).join(' | ')} |`))
  const shown = (duration: string | undefined) => duration!.replace('PT', '').replace('H', ' h').replace('M', ' min')
  for (const [title, metric] of [['first response', 'first_response'], ['resolution', 'resolution']] as const) {
    t.ok(
      readme.includes(
        `| ${title} | ${Object.values(builtInTargets).map((targets) => shown(targets[metric])).join(' | ')} |`
      ),
      title
    )
  }
})
