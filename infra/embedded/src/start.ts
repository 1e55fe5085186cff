import { isProblem } from '@dueline/client'
import { demoAccess, DemoRefused, runDemo, seedDemo, seedPeople, type DemoAccess, type DemoSeed } from '@dueline/demo'
import type { ServerWatcher } from '@dueline/embedded-postgres'
import { untilAborted } from '@dueline/runtime'
import { greeting, nextSteps } from './greeting.ts'
import { openLog } from './log-file.ts'
import type { Program } from './program.ts'
import type { ChosenPort, StartOptions } from './start-options.ts'
import { startStack, type Stack } from './stack.ts'
import { releaseStartMemory } from './start-memory.ts'
import { StartFault } from './start-fault.ts'

/** Starts the stack, runs the demonstration, and goes on until the program is to end. */
export async function start (program: Program, options: StartOptions, { port, taken }: ChosenPort): Promise<void> {
  const { folder, corsOrigins, databaseUrl, logLevel, demo } = options
  const logger = program.log = await openLog(folder, logLevel)
  let ready = false
  const place = { folder, port, corsOrigins, ...(databaseUrl === undefined ? {} : { adminUrl: databaseUrl }) }
  const stack = await startStack({ ...place, logger, signal: program.signal, watcher: watcherOf(program, () => ready) })
  program.stops.push(() => stack.stop())
  const access = await demoAccess(stack.url, stack.token)
  // Before the curl is shown: its customer has to exist.
  await seedPeople(access, program.signal)
  const seed = demo ? await seedOrReason(access, program.signal) : undefined
  releaseStartMemory()
  ready = true
  if (taken !== undefined) {
    program.print(`Port ${taken} is taken by another process, so the API is on ${port}; --port chooses another.`)
  }
  if (stack.others.length > 0) {
    program.print(
      `Process ${stack.others.join(' and ')} runs on this folder too: this one is a replica, and both answer.`
    )
  }
  program.print(greeting({ stack, access, folder, seconds: performance.now() / 1_000 }))
  if (typeof seed === 'string') program.print(`The demonstration is left out. It lacks ${seed}.`)
  else if (seed !== undefined) await demonstrate(program, stack, access, seed)
  await untilAborted(program.signal)
}

/** What the demonstration needs, or what it lacks in this tenant: the stack runs all the same. */
async function seedOrReason (access: DemoAccess, signal: AbortSignal): Promise<DemoSeed | string> {
  return await seedDemo(access, signal).catch((error: unknown) => {
    if (error instanceof DemoRefused) return error.message
    if (isProblem(error) && error.status < 500) return `what was refused: ${error.message}`
    throw error
  })
}

async function demonstrate (program: Program, stack: Stack, access: DemoAccess, seed: DemoSeed): Promise<void> {
  program.print('Demonstration, in real time:')
  let ticket: { id: string, number: string } | undefined
  const demonstration = runDemo({
    access,
    seed,
    mails: () => stack.mails.list(),
    webhookUrl: 'http://127.0.0.1:0',
    print: program.print,
    opened: (opened) => {
      ticket = opened
    },
    signal: program.signal
  })
  // It removes its webhook endpoint while the stack still answers.
  program.stops.push(async () => {
    await demonstration.catch(() => {})
  })
  const missing = await demonstration
  program.print(missing.length === 0 ? nextSteps(stack, ticket) : `The demonstration lacks: ${missing.join('; ')}`)
}

/** While it starts, a Postgres that ends is a reason to end; afterwards it is started again. */
function watcherOf (program: Program, ready: () => boolean): ServerWatcher {
  return {
    ended () {
      if (!ready()) program.fail(new StartFault('Postgres ended while the stack was starting: start again'))
      return ready()
    },
    restarted (awayMs) {
      program.print(`Postgres had ended and runs again after ${(awayMs / 1_000).toFixed(1)} s.`)
      program.log?.warn({ awayMs }, 'Postgres had ended and was started again')
    },
    failed: (fault) => program.fail(fault)
  }
}
