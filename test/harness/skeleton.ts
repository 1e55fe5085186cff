import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** At the top of `src` of every service with a database; ARCHITECTURE.md says what each is. */
const inAll = ['access.ts', 'app.ts', 'config.ts', 'consumers', 'domain', 'errors.ts', 'main.ts', 'routes', 'store']
/** What a service has besides, by service: the questions it asks others, and the one thing that is its own. */
export const inOne: Readonly<Record<string, readonly string[]>> = {
  ticket: ['assignment', 'imports', 'upstreams'],
  'sla-policy': ['agreements', 'ics', 'imports', 'spreadsheets', 'upstreams'],
  clock: ['projection'],
  escalation: ['cases'],
  notification: ['delivery'],
  directory: ['people-csv', 'scim', 'upstreams'],
  template: ['conversion', 'upstreams']
}
const headings = ['Owns', 'Refuses', 'Publishes', 'Consumes', 'Tables', 'Configuration', 'Failure modes']

const files = [
  'README.md',
  'package.json',
  'tsconfig.json',
  'src/main.ts',
  'src/app.ts',
  'src/config.ts',
  'src/errors.ts',
  'src/domain',
  'test/unit',
  'test/api'
]
const filesWithDatabase = [
  'migrations',
  'src/access.ts',
  'src/routes/index.ts',
  'src/routes/route-deps.ts',
  'src/consumers',
  'src/store/tables.ts',
  'test/db/tables.test.ts',
  'test/api/conformance.test.ts'
]

/** What a service, or the gateway, lacks of the parts that every service has, as texts. */
export function missingParts (service: string, root = '.'): string[] {
  const folder = join(root, 'services', service)
  const own = (inOne[service] ?? []).map((name) => `src/${name}`)
  const wanted = service === 'gateway' ? files : [...files, ...filesWithDatabase, ...own]
  const missing = wanted.filter((file) => !existsSync(join(folder, file)))
  if (missing.includes('README.md')) return missing
  return [...missing, ...missingHeadings(headings, join(folder, 'README.md'))]
}

/** Those of `wanted` that no heading of a Markdown file says. */
export function missingHeadings (wanted: readonly string[], file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return wanted.filter((heading) => !lines.includes(`## ${heading}`)).map((heading) => `## ${heading}`)
}

/** What stands at the top of `src` though neither every service nor this one has it. */
export function unknownParts (service: string, root = '.'): string[] {
  const known = [...inAll, ...inOne[service] ?? []]
  return readdirSync(join(root, 'services', service, 'src')).filter((name) => !known.includes(name))
}
