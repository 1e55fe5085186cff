// What `tools/run.mjs` does once Node is new enough to read it: brings Node 24 where this one is older, installs what
// the lock file names (only when it changed), then runs the command from source. No dependency may be imported here.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commands, helpOf, overview } from './commands.mjs'
import { Fault } from './fault.mjs'
import { install, isInstalled } from './install.mjs'
import { finish, listenForSignals, run, say } from './processes.mjs'
import { bringNode } from './toolchain.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

listenForSignals()
try {
  finish(await main(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof Fault)) throw error
  say(error.message)
  finish({ code: error.exitCode, signal: null })
}

/** @returns how the command ended */
async function main ([name = '', ...args]) {
  if (name === '' || name === '--help') {
    process.stdout.write(overview())
    return { code: name === '' ? 64 : 0, signal: null }
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) throw new Fault(`there is no command "${name}":\n${overview()}`, 64)
  const passesOn = command.steps.length === 1
  if ((command.help !== undefined || !passesOn) && args.includes('--help')) {
    process.stdout.write(helpOf(name))
    return { code: 0, signal: null }
  }
  if (!passesOn && args.length > 0) throw new Fault(`"${args[0]}" is not known:\n${helpOf(name)}`, 64)
  const node = await bringNode(root)
  const needsPackages = !(command.helpNeedsNothing && args.includes('--help'))
  if (needsPackages && !isInstalled(root)) await install(root, node)
  if (name === 'build') say('compiling, which takes some minutes the first time')
  for (const [program, ...own] of command.steps) {
    const file = program === 'node' ? node : join(root, 'node_modules/.bin', program)
    const ended = await run(file, [...own, ...args], {
      root,
      node,
      group: command.group
    })
    if (ended.code !== 0) return ended
  }
  if (name === 'build') say('compiled')
  return { code: 0, signal: null }
}
