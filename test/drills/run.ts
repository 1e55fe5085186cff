// npm run drill -- NAME: a deployment of separate processes, tickets at a steady rate, one fault; then everything is
// read and checked.
import { parseArgs } from 'node:util'
import { nativeKafkaLacks } from '@dueline/testkit'
import { violationsIn } from '../harness/checker.ts'
import { damages, firstTicketOf } from '../harness/damages.ts'
import { mailsOf } from '../harness/short-agreement.ts'
import { readTenant } from '../harness/tenant-record.ts'
import { drills, seconds, type Drill } from './drills.ts'
import { embeddedDrills, openEmbeddedSystem } from './embedded.ts'
import { startLoad } from './load.ts'
import { untilQuiet } from './quiet.ts'
import { openDeployedSystem, tenant, type System } from './system.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { bus: { type: 'string' } } })
const [name = ''] = positionals
const [drill, embedded] = [drills[name], embeddedDrills[name]]
if (drill === undefined && embedded === undefined) {
  const all = Object.entries({ ...drills, ...embeddedDrills }).map(([each, { what }]) => `  ${each.padEnd(16)} ${what}`)
  console.log(`npm run drill -- NAME [--bus kafka|postgres]\n${all.join('\n')}`)
  process.exit(name === '' ? 0 : 1)
}
const begunMs = performance.now()
const say = (text: string): void => {
  console.log(`${seconds(performance.now() - begunMs).padStart(8)}  ${text}`)
}

const violations = embedded !== undefined
  ? await runEmbedded(embedded)
  : drill !== undefined
  ? await runDeployed(drill)
  : []
for (const violation of violations.slice(0, 30)) say(`VIOLATION ${violation}`)
say(
  violations.length === 0
    ? `${name}: nothing lost, nothing twice, all in order, every mark fired`
    : `${name}: ${violations.length} violations`
)
process.exit(violations.length === 0 ? 0 : 1)

async function runDeployed (drill: Drill): Promise<string[]> {
  const bus = values.bus === 'postgres' || values.bus === 'kafka'
    ? values.bus
    : await nativeKafkaLacks() === undefined
    ? 'kafka'
    : 'postgres'
  if (drill.needs === 'kafka' && bus !== 'kafka') stop(`${name} needs Kafka`)
  say(`${name} on ${bus}: ${drill.what}`)
  return await runAndClose(
    await openDeployedSystem({ bus, replicas: drill.replicas ?? 1, say, env: drill.env ?? {} }),
    drill
  )
}

async function runEmbedded (drill: typeof embedded & object): Promise<string[]> {
  const bus = values.bus === 'kafka' ? 'kafka' : 'postgres'
  say(`${name} on ${bus}: ${drill.what}`)
  return await runAndClose(await openEmbeddedSystem({ bus, say }), drill)
}

async function runAndClose<S extends System> (system: S, drill: Drill<S>): Promise<string[]> {
  return await runOn(system, drill).finally(async () => await system.close())
}

async function runOn<S extends System> (system: S, drill: Drill<S>): Promise<string[]> {
  const { perSecond = 20, patience = 'patient', quietMs = 240_000, goOn = async () => {}, prepare, check, inject } =
    drill
  const { api } = system
  say(`ready, in ${system.processes} ${system.processes === 1 ? 'process' : 'processes'}`)
  await prepare?.(system)
  const load = startLoad(api, { perSecond, patience, goOn })
  const found = await inject(system, load).finally(async () => await load.stop())
  const tookMs = load.tookMs()
  say(
    `${load.accepted.length} tickets (${load.perSecond().toFixed(1)}/s), ${load.again} after sending again, ` +
      `${load.failed.length} given up; accepted after ${Math.round(tookMs[Math.floor(tookMs.length / 2)] ?? 0)} ms ` +
      `(median), ${Math.round(tookMs.at(-1) ?? 0)} ms (longest)`
  )
  const stopMs = performance.now()
  const unfinished = await untilQuiet(api, load.accepted, quietMs).then(() => [], (error: Error) => [error.message])
  say(`quiet ${seconds(performance.now() - stopMs)} after the last ticket`)
  const record = await readTenant(api)
  const mails = (await mailsOf(system)).filter(({ to }) => to.some((address) => address.endsWith(`@${tenant}.example`)))
  say(
    `read ${record.tickets.length} tickets, ${record.clocks.length} clocks, ${record.events.length} events, ` +
      `${record.escalations.length} escalations, ${record.messages.length} messages, ${mails.length} mails`
  )
  const wrong = violationsIn(record, mails)
  const twice = record.tickets.length === new Set(load.accepted).size
    ? []
    : [`${load.accepted.length} tickets were accepted, ${record.tickets.length} are there`]
  return [
    ...load.failed,
    ...found,
    ...unfinished,
    ...wrong,
    ...twice,
    ...await check?.(record, system) ?? [],
    ...unseen(record, mails)
  ]
}

/** The counter-test: damages that the checks would not see. */
function unseen (all: Parameters<typeof firstTicketOf>[0], allMails: Parameters<typeof firstTicketOf>[1]): string[] {
  const { record, mails } = firstTicketOf(all, allMails)
  if (violationsIn(record, mails).length > 0) return []
  const found = Object.entries(damages(record, mails))
  say(
    `each of ${found.length} single losses and repetitions, done to the record of one ticket, ` +
      `${found.every(([, seen]) => seen.length > 0) ? 'is' : 'should be'} seen`
  )
  return found.filter(([, seen]) => seen.length === 0).map(([damage]) => `the checks do not see: ${damage}`)
}

function stop (text: string): never {
  console.error(text)
  process.exit(1)
}
