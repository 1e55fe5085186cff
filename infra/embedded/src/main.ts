import { runProgram } from './program.ts'
import { choosePort, readStartOptions, startUsage } from './start-options.ts'

await runProgram({ name: 'dueline', stoppedCode: 0 }, async (program) => {
  const options = readStartOptions({ args: process.argv.slice(2), env: process.env })
  if (options === 'help') {
    program.print(startUsage)
    return 0
  }
  const ports = await choosePort(options.port)
  if (options.reset) {
    // Not before: the help and a wrong choice need no package.
    const { resetFolder } = await import('./reset.ts')
    await resetFolder(options.folder)
  }
  // Loading the services takes a second: what was chosen wrongly is said before, and a signal received meanwhile.
  const { start } = await import('./start.ts')
  program.signal.throwIfAborted()
  await start(program, options, ports)
  return 0
})
