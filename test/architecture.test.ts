// What a reader may rely on in every service and package, compared with the tree.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { roles, serviceNames } from '@dueline/contracts'
import t from 'tap'
import { inOne, missingHeadings, missingParts, unknownParts } from './harness/skeleton.ts'
import { testFiles } from '../tools/test-order.ts'

const services = folders('services')
const packages = folders('packages')
const withDatabase = services.filter((service) => service !== 'gateway')

function folders (parent: string): string[] {
  return readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

t.test('every service has the same skeleton', async (t) => {
  t.same(services.sort(), [...serviceNames, 'gateway'].sort())
  for (const service of services) {
    t.same(missingParts(service), [], `${service} has every part`)
    const main = readFileSync(join('services', service, 'src/main.ts'), 'utf8')
    t.ok(main.split('\n').length <= 60, `${service}'s main is short`)
  }
})

t.test('nothing but the skeleton and what ARCHITECTURE.md lists stands at the top of a service', async (t) => {
  const architecture = readFileSync('ARCHITECTURE.md', 'utf8')
  for (const service of serviceNames) {
    t.same(unknownParts(service), [], service)
    const own = inOne[service] ?? []
    t.same(own.filter((folder) => !architecture.includes(`\`${folder}/\``)), [], `${service}'s own are described`)
  }
})

t.test('routes are listed in routes/index.ts and made of the RouteDeps of routes/route-deps.ts', async (t) => {
  for (const service of serviceNames) {
    const folder = join('services', service, 'src/routes')
    const index = readFileSync(join(folder, 'index.ts'), 'utf8')
    const files = readdirSync(folder).filter((name) => name.endsWith('.route.ts'))
    t.same(files.filter((file) => !index.includes(`'./${file}'`)), [], `${service} lists every route`)
    t.match(index, /^export const routes: /m)
    t.match(readFileSync(join(folder, 'route-deps.ts'), 'utf8'), /^export interface RouteDeps /m)
  }
})

t.test('one operation per file, one file per operation', async (t) => {
  for (const service of withDatabase) {
    const folder = join('services', service, 'src/routes')
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.route.ts'))) {
      const routes = readFileSync(join(folder, file), 'utf8').match(/\.route\(/g)?.length ?? 0
      t.ok(routes <= 1, `${service}/${file} adds at most one route`)
    }
  }
})

t.test('roles are named in the table of access only', (t) => {
  const folders = [...services.map((service) => join('services', service, 'src')), 'packages/messaging/src']
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && file !== 'access.ts' && !/^(domain|imports|store)\//.test(file))
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8')
      const operations = [...text.matchAll(/operationId: (?:'(\w+)'|`(\w+)\$\{pascal\(service\)\}(\w+)`)/g)]
      const rows = operations.map(([, name, verb, noun]) => `roles: access.${name ?? verb! + noun!}`)
      t.same(rolesNamed(text), rows, `${folder}/${file}`)
    }
  }
  for (const text of ["config: { roles: ['admin'] }", "if (person.role === 'customer')", "roles.includes('agent')"]) {
    t.ok(rolesNamed(text).length > 0, `the counter-test: ${text}`)
  }
  t.end()
})

/**
 * What a source says of roles: the rows of the table that its operation names, names that are nothing but roles, and
 * comparisons with the names of those that are also sides of a ticket.
 */
function rolesNamed (text: string): string[] {
  const rows = [...text.matchAll(/config: \{\s*(roles: [^\s,}]+)/g)].map(([, row]) => row!)
  const onlyRoles = roles.filter((role) => role !== 'customer' && role !== 'agent').join('|')
  const literals = text.match(new RegExp(`'(?:${onlyRoles})'`, 'g')) ?? []
  const comparisons = text.match(new RegExp(`\\broles?(?:\\.includes\\(| [!=]== )'(?:${roles.join('|')})'`, 'g')) ?? []
  return [...rows, ...literals, ...comparisons]
}

t.test('every package says what it owns and what it refuses', async (t) => {
  for (const name of packages) {
    const folder = join('packages', name)
    t.ok(existsSync(join(folder, 'src/index.ts')), `${name} has one entry`)
    t.same(missingHeadings(['Owns', 'Refuses'], join(folder, 'README.md')), [], `${name} is described`)
  }
  t.same(
    [...packages, ...services].filter((name) => ['common', 'shared', 'utils', 'helpers', 'core', 'lib'].includes(name)),
    [],
    'no folder is named after nothing'
  )
})

t.test('migrations are numbered, say whether they break, and name no schema', async (t) => {
  for (const service of withDatabase) {
    const folder = join('services', service, 'migrations')
    for (const file of readdirSync(folder)) {
      const sql = readFileSync(join(folder, file), 'utf8')
      t.match(file, /^\d{4}_[a-z0-9_-]+\.sql$/)
      t.match(sql.split('\n', 1)[0], /^-- breaking: (yes|no)$/, `${service}/${file}`)
      t.notMatch(
        sql,
        /create table (?:if not exists )?\w+\./,
        `${service}/${file} leaves the schema to the search path`
      )
    }
  }
})

t.test('links of the documentation lead somewhere', async (t) => {
  const documents = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md')).map((file) =>
      join('docs', file)
    )
  ]
  for (const document of documents) {
    const links = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) =>
      join(document, '..', match[1] ?? '')
    )
    t.same(links.filter((link) => !existsSync(link)), [], document)
  }
})

t.test('no test file waits for something between its tests, which tap may take for the end', async (t) => {
  const files = testFiles([])
  t.ok(files.length > 100)
  t.same(files.filter((file) => waitsBetweenTests(readFileSync(file, 'utf8'))), [])
  t.ok(waitsBetweenTests("t.test('a', x)\nconst broker = await start()\nt.test('b', x)"), 'the counter-test')
})

/** Whether something at the top level is awaited behind the first test. */
function waitsBetweenTests (text: string): boolean {
  const behind = text.slice(/^ {0,2}t\.test\(/m.exec(text)?.index ?? text.length)
  return /^(const .*= await |await (?!t\.test)|for await)/m.test(behind)
}

t.test('the lock file names no registry', async (t) => {
  t.notMatch(readFileSync('pnpm-lock.yaml', 'utf8'), /(tarball|resolution): .*https?:/)
})
