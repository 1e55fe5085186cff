// npm run bench -- NAME [--bus postgres|kafka] [--beside FOLDER] [--json] [--check] [--quick]: runs one scenario and
// prints its figures beside their targets.
// Every scenario measures its peer or bound in the same run, so that the ratio holds on a busy machine.
import { cpus, totalmem } from 'node:os'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { BusName, Scenario, Target } from './scenario.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bus: { type: 'string', default: 'postgres' },
    beside: { type: 'string' },
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false }
  }
})
const notScenarios = [
  'run.ts',
  'scenario.ts',
  'measure.ts',
  'process-cost.ts',
  'fresh-database.ts',
  'beside-bare.ts',
  'bench-stack.ts',
  'screens.ts',
  'other-build.ts',
  'notification-service.ts'
]
const known = readdirSync(new URL('.', import.meta.url)).filter((file) =>
  file.endsWith('.ts') && !notScenarios.includes(file)
).map((file) => file.slice(0, -3))
const [wanted = ''] = positionals
if (!known.includes(wanted) || !['postgres', 'kafka'].includes(values.bus)) {
  console.error(
    'npm run bench -- NAME [--bus postgres|kafka] [--beside FOLDER] [--json] [--check] [--quick], ' +
      `where FOLDER holds another build to measure in the same run, and NAME is one of: ${known.join(', ')}`
  )
  process.exit(64)
}

const beside = values.beside === undefined ? undefined : resolve(values.beside)
if (beside !== undefined && !existsSync(join(beside, 'test/harness/stack-child.mjs'))) {
  console.error(`--beside: ${beside} holds no checkout of this repository`)
  process.exit(64)
}

const scenario = await import(`./${wanted}.ts`) as Scenario
const { figures, targets } = await scenario.run({
  quick: values.quick,
  bus: values.bus as BusName,
  beside
})
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`
}
const missed = Object.entries(targets).filter(([figure, target]) => !isMet(figures[figure], target))
if (values.json) {
  console.log(JSON.stringify({ name: wanted, bus: values.bus, machine, figures, targets }))
} else {
  console.log(`${wanted} (${values.bus}) on ${machine.cores} cores (${machine.cpu}), Node ${machine.node}`)
  for (const [figure, value] of Object.entries(figures)) {
    console.log(`  ${figure.padEnd(34)} ${format(value).padStart(12)}  ${targetText(targets[figure], value)}`)
  }
}
if (values.check && missed.length > 0) console.error(`missed: ${missed.map(([figure]) => figure).join(', ')}`)
process.exit(values.check && missed.length > 0 ? 1 : 0)

function isMet (value: number | undefined, { atMost, atLeast }: Target): boolean {
  return value !== undefined && Number.isFinite(value) && (atMost === undefined || value <= atMost) &&
    (atLeast === undefined || value >= atLeast)
}

function targetText (target: Target | undefined, value: number): string {
  if (target === undefined) return ''
  const bound = [
    target.atMost === undefined ? '' : `at most ${format(target.atMost)}`,
    target.atLeast === undefined ? '' : `at least ${format(target.atLeast)}`
  ].filter((part) => part !== '').join(', ')
  return `${isMet(value, target) ? 'met   ' : 'MISSED'} (${bound})`
}

function format (value: number): string {
  return Number.isInteger(value)
    ? value.toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: 4 })
}
