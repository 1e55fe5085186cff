// `npm run sbom [-- FILE]`: writes the software bill of materials, checks it against the schema, and the licences
// against those that are allowed. Without FILE it is kept in `.dueline/sbom.cdx.json`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { billOfMaterials, faultsOfBill } from './supply/bill.ts'
import { licenceFaults, manifestReader, type Manifest } from './supply/licences.ts'
import { readLock } from './supply/lock.ts'

const root = process.cwd()
const file = resolve(process.argv[2] ?? '.dueline/sbom.cdx.json')
const manifestAt = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest

const lock = readLock(root)
const manifestOf = manifestReader(root)
const programs = new Map([...lock.programs.keys()].map((folder) => [folder, manifestAt(folder)]))
const packages = [...lock.packages.values()].filter(({ production }) => production).map(manifestOf)
const bill = billOfMaterials({ lock, product: manifestAt('.'), programs, manifestOf, now: new Date() })
const schema = await faultsOfBill(bill)
const faults = [
  ...licenceFaults(packages),
  ...(schema === null ? [] : [`the bill does not fit CycloneDX 1.6: ${schema}`])
]
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, bill)
console.log(`${file}: ${programs.size} programs, ${packages.length} packages`)
for (const fault of faults) console.error(`sbom: ${fault}`)
process.exitCode = faults.length === 0 ? 0 : 1
