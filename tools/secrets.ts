// `npm run secrets`: looks for keys, tokens and passwords in all files that git knows or would add, and in the history
// behind HEAD.
import { filesOf, historyOf, secretsIn } from './supply/secrets.ts'

const root = process.cwd()
const found = new Set<string>()
let files = 0
let contents = 0
for (const text of filesOf(root)) {
  files += 1
  for (const line of await secretsIn(text)) found.add(line)
}
for (const text of historyOf(root)) {
  contents += 1
  for (const line of await secretsIn(text)) found.add(line)
}
for (const line of found) console.error(`secrets: ${line}`)
if (found.size > 0) {
  console.error(
    'secrets: a secret that was ever pushed is known to others: replace it where it is used, then remove it here.'
  )
}
console.log(`${files} files and ${contents} contents of the history: ${found.size} secrets`)
process.exitCode = found.size === 0 ? 0 : 1
