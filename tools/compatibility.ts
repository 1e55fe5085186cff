// Compares what the repository offers with what the last release did, and fails for changes that break somebody unless
// compatibility/declared.json names them. `--bless` takes what is here as the release.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { incompatibleChanges, readRelease, undeclared, type Declared, type Release } from './compatibility/release.ts'

const blessed = 'compatibility/released.json'
const declaring = 'compatibility/declared.json'
const usage = `npm run compatibility -- [--bless]
  --bless  takes what the repository offers now as what was released, and empties ${declaring}
`
const now = readRelease('.')
if (options().bless) {
  writeFileSync(blessed, linesOf(now))
  writeFileSync(declaring, '[]\n')
  console.log(`${blessed} is that of ${now.version}`)
} else {
  const released = JSON.parse(readFileSync(blessed, 'utf8')) as Release
  const changes = incompatibleChanges(released, now)
  const faults = undeclared(changes, JSON.parse(readFileSync(declaring, 'utf8')) as Declared[])
  for (const fault of faults) console.log(fault)
  console.log(
    `${changes.length} incompatible changes since ${released.version}` +
      (faults.length === 0
        ? ', all declared'
        : `; ${faults.length} faults: undo them, or declare them (docs/howto/change-what-was-released.md)`)
  )
  process.exitCode = faults.length === 0 ? 0 : 1
}

/** A line per operation, schema, event and migration, so that a diff shows which of them is another. */
function linesOf ({ version, ...parts }: Release): string {
  const texts = Object.entries(parts).map(([part, entries]) => {
    const lines = Object.entries(entries).map(([name, value]) =>
      `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`
    )
    return `  ${JSON.stringify(part)}: {\n${lines.join(',\n')}\n  }`
  })
  return `{\n  "version": ${JSON.stringify(version)},\n${texts.join(',\n')}\n}\n`
}

function options (): { bless: boolean } {
  try {
    const { values } = parseArgs({
      options: { bless: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } }
    })
    if (values.help) {
      process.stdout.write(usage)
      process.exit(0)
    }
    return values
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`)
    process.exit(64)
  }
}
