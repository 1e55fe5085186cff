// `npm run audit`: known vulnerabilities of the locked packages. Asks the npm registry and OSV; where neither answers, what the
// committed report and people know is judged. `--renew` writes the report anew, `--offline` asks nobody, `--osv FOLDER` reads entries of
// the OSV format too.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { askOsv, askRegistry, readKnown, readOsvFolder } from './supply/advisory-sources.ts'
import { judge, renewed, versionsOf, type Decision, type Report } from './supply/audit.ts'
import { readLock } from './supply/lock.ts'

const reportFile = 'docs/audit/report.json'
const knownFile = 'docs/audit/known.json'
const decisionsFile = 'docs/audit/decisions.json'

const { values: options } = parseArgs({
  options: {
    renew: { type: 'boolean', default: false },
    offline: { type: 'boolean', default: false },
    osv: { type: 'string' }
  }
})
const today = new Date().toISOString().slice(0, 10)
const lock = readLock('.')
const versions = versionsOf(lock)
const asked = [
  await readKnown(versions, knownFile),
  ...(options.offline ? [] : await Promise.all([askRegistry(versions), askOsv(versions)])),
  ...(options.osv === undefined ? [] : [await readOsvFolder(versions, options.osv)])
]
for (const { source, answer } of asked) console.log(`${source}: ${answer}`)

const before = JSON.parse(readFileSync(reportFile, 'utf8')) as Report
const now = renewed(before, lock, asked, today)
if (options.renew) writeFileSync(reportFile, `${JSON.stringify(now, null, 1)}\n`)
const report = options.renew ? now : { ...before, advisories: now.advisories }
const { open, faults } = judge(report, lock, JSON.parse(readFileSync(decisionsFile, 'utf8')) as Decision[], today)

console.log(
  `${lock.packages.size} packages; report of ${report.date}, ${report.advisories.length} advisories known of them, ${open.length} open`
)
for (const line of open) console.log(`open: ${line}`)
for (const fault of faults) console.error(`audit: ${fault}`)
process.exitCode = faults.length === 0 ? 0 : 1
