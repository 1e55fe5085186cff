// `npm run audit`: known vulnerabilities of the locked packages. Asks the npm registry and OSV; where neither answers,
// what the committed report and people know is judged. `--renew` writes the report anew, `--osv FOLDER` reads entries
// of the OSV format too.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Advisory } from './supply/advisories.ts'
import { askOsv, askRegistry, readOsvFolder } from './supply/advisory-sources.ts'
import { judge, renewed, versionsOf, type Decision, type Report } from './supply/audit.ts'
import { readLock } from './supply/lock.ts'

const reportFile = 'docs/audit/report.json'
const knownFile = 'docs/audit/known.json'
const decisionsFile = 'docs/audit/decisions.json'

const { values: options } = parseArgs({ options: { renew: { type: 'boolean' }, osv: { type: 'string' } } })
const read = <Value>(file: string): Value => JSON.parse(readFileSync(file, 'utf8')) as Value

const today = new Date().toISOString().slice(0, 10)
const lock = readLock('.')
const versions = versionsOf(lock)
const asked = await Promise.all([askRegistry(versions), askOsv(versions)])
if (options.osv !== undefined) asked.push(readOsvFolder(versions, options.osv))
for (const { source, answer } of asked) console.log(`${source}: ${answer}`)

const before = read<Report>(reportFile)
const now = renewed(before, lock, asked, today)
if (options.renew === true) writeFileSync(reportFile, `${JSON.stringify(now, null, 1)}\n`)
const { advisories: written } = read<{ advisories: Advisory[] }>(knownFile)
const known = { ...(options.renew === true ? now : before), advisories: [...now.advisories, ...written] }
const { open, faults } = judge(known, lock, read<Decision[]>(decisionsFile), today)

console.log(
  `${lock.packages.size} packages; the report is of ${known.date}; ` +
    `of ${known.advisories.length} advisories ${open.length} are open`
)
for (const line of open) console.log(`open: ${line}`)
for (const fault of faults) console.error(`audit: ${fault}`)
process.exitCode = faults.length === 0 ? 0 : 1
