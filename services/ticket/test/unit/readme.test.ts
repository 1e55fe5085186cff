import { readFileSync } from 'node:fs'
import { describeConfig } from '@dueline/runtime'
import t from 'tap'
import { ConfigSchema } from '../../src/config.ts'
import { statusMoves } from '../../src/domain/status.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

void t.test('the README shows the configuration and the status table as they are', async (t) => {
  t.ok(readme.includes(`\n${describeConfig(ConfigSchema)}\n`), 'its table of variables is describeConfig(ConfigSchema)')
  for (const [from, moves] of Object.entries(statusMoves)) {
    t.ok(readme.includes(`\n| \`${from}\` | ${moves.map((to) => `\`${to}\``).join(' ') || 'nothing'} |\n`), from)
  }
})
