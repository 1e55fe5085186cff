import { Contrib, Enums, Models, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library'
import parseExpression from 'spdx-expression-parse'
import type { Manifest } from './licences.ts'
import type { Lock, LockedPackage } from './lock.ts'

const version = Spec.Version.v1dot6
const licences = new Contrib.License.Factories.LicenseFactory(parseExpression)
const builder = new Contrib.FromNodePackageJson.Builders.ComponentBuilder(
  new Contrib.FromNodePackageJson.Factories.ExternalReferenceFactory(),
  licences
)

export interface Contents {
  lock: Lock
  /** The package.json at the top. */
  product: Manifest
  /** The package.json of a program, by its folder. */
  programs: Map<string, Manifest>
  manifestOf: (locked: LockedPackage) => Manifest
  now: Date
}

/**
 * The software bill of materials of the product in CycloneDX 1.6 (JSON): its programs, each package of the registry
 * that they need to run, with version, hash, licence and what needs what. Build tools, tests and what an operating
 * system or an image brings are not in it.
 */
export function billOfMaterials ({ lock, product, programs, manifestOf, now }: Contents): string {
  const bom = new Models.Bom({ serialNumber: Contrib.Bom.Utils.randomSerialNumber() })
  const top = component(product, Enums.ComponentType.Application)
  bom.metadata.component = top
  bom.metadata.timestamp = now
  const libraries = new Map<string, Models.Component>()
  for (const [key, locked] of lock.packages) {
    if (locked.production) libraries.set(key, library(locked, manifestOf(locked)))
  }
  const link = (from: Models.Component, keys: string[]): void => {
    for (const key of keys) from.dependencies.add(one(libraries, key).bomRef)
  }
  for (const [key, made] of libraries) {
    link(made, one(lock.packages, key).needs)
    bom.components.add(made)
  }
  for (const [folder, keys] of lock.programs) {
    const made = component(one(programs, folder), Enums.ComponentType.Application)
    link(made, keys)
    top.dependencies.add(made.bomRef)
    bom.components.add(made)
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6))
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`
}

/** @returns what the schema of CycloneDX 1.6 does not allow in a bill, or null */
export async function faultsOfBill (json: string): Promise<string | null> {
  const faults = await new Validation.JsonStrictValidator(version).validate(json)
  return faults === null ? null : JSON.stringify(faults, null, 2)
}

function library (locked: LockedPackage, manifest: Manifest): Models.Component {
  const made = component(manifest, Enums.ComponentType.Library)
  const [scope = '', bare] = locked.name.startsWith('@') ? locked.name.split('/') : ['', locked.name]
  const group = scope === '' ? '' : `${encodeURIComponent(scope)}/`
  made.purl = `pkg:npm/${group}${bare}@${encodeURIComponent(locked.version)}`
  made.bomRef.value = made.purl
  made.hashes.set(Enums.HashAlgorithm['SHA-512'], hexOf(locked.integrity))
  return made
}

function component (manifest: Manifest, type: Enums.ComponentType): Models.Component {
  const made = builder.makeComponent({ ...manifest }, type)
  if (made === undefined) throw new Error(`the package.json of ${manifest.name} cannot be read`)
  made.bomRef.value = `${manifest.name}@${manifest.version}`
  return made
}

function hexOf (integrity: string): string {
  const [algorithm, base64 = ''] = integrity.split('-')
  if (algorithm !== 'sha512') throw new Error(`a hash in pnpm-lock.yaml is ${algorithm}, not sha512`)
  return Buffer.from(base64, 'base64').toString('hex')
}

function one<Value> (map: Map<string, Value>, key: string): Value {
  const found = map.get(key)
  if (found === undefined) throw new Error(`${key} is missing`)
  return found
}
