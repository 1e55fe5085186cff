import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** One version of a package of the registry, as the lock file names it. */
export interface LockedPackage {
  name: string
  version: string
  /** As npm writes it: `sha512-BASE64`. */
  integrity: string
  /** Whether a program of the product needs it to run; else it only builds, tests or checks. */
  production: boolean
  /** Keys of the packages that it asks for, in the map that it stands in. */
  needs: string[]
}

export interface Lock {
  /** SHA-256 of the file, in hex. */
  sha256: string
  /** By `name@version`. */
  packages: Map<string, LockedPackage>
  /**
   * The folders of the product's programs, with the keys of the packages of the registry that each asks for itself or
   * by way of others here.
   */
  programs: Map<string, string[]>
}

interface Edges {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

interface LockFile {
  lockfileVersion: string
  importers: Record<string, { dependencies?: Record<string, { version: string }> }>
  packages: Record<string, { resolution: { integrity?: string } }>
  snapshots: Record<string, Edges>
}

const versionKnown = '9.0'
/** Where programs stand; the packages beside them are reached from these. */
const programFolder = /^(services|infra)\//

/**
 * Reads `pnpm-lock.yaml` in a folder.
 * @throws Error when the file has another version than the one that is understood here, or names a package without its
 * hash
 */
export function readLock (root: string): Lock {
  const text = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
  const file = parse(text) as LockFile
  if (file.lockfileVersion !== versionKnown) {
    throw new Error(`pnpm-lock.yaml has version ${file.lockfileVersion}; tools/supply/lock.ts reads ${versionKnown}`)
  }
  const packages = new Map<string, LockedPackage>()
  for (const [key, { resolution }] of Object.entries(file.packages)) {
    if (resolution.integrity === undefined) throw new Error(`pnpm-lock.yaml has no hash for ${key}`)
    packages.set(key, { ...named(key), integrity: resolution.integrity, production: false, needs: [] })
  }
  for (const [key, edges] of Object.entries(file.snapshots)) {
    const found = packages.get(withoutPeers(key))
    if (found !== undefined) found.needs = [...new Set([...found.needs, ...needsOf(edges)])].sort()
  }
  const programs = new Map(
    Object.keys(file.importers).filter((folder) => programFolder.test(folder))
      .map((folder) => [folder, directNeeds(file, folder)])
  )
  markProduction(packages, [...programs.values()].flat())
  return { sha256: createHash('sha256').update(text).digest('hex'), packages, programs }
}

function needsOf ({ dependencies, optionalDependencies }: Edges): string[] {
  return Object.entries({ ...dependencies, ...optionalDependencies }).map(([name, version]) => keyOf(name, version))
}

/** What a folder of this repository asks for, and the folders that it links to. */
function directNeeds (file: LockFile, folder: string, seen = new Set<string>()): string[] {
  if (seen.has(folder)) return []
  seen.add(folder)
  const wanted = Object.entries(file.importers[folder]?.dependencies ?? {})
  const keys = wanted.flatMap(([name, { version }]) =>
    version.startsWith('link:')
      ? directNeeds(file, join(folder, version.slice('link:'.length)), seen)
      : [keyOf(name, version)]
  )
  return [...new Set(keys)].sort()
}

function markProduction (packages: Map<string, LockedPackage>, keys: string[]): void {
  for (const key of keys) {
    const found = packages.get(key)
    if (found === undefined) throw new Error(`pnpm-lock.yaml asks for ${key} and does not have it`)
    if (found.production) continue
    found.production = true
    markProduction(packages, found.needs)
  }
}

/** `1.2.3(peer@4.5.6)` of `name`; an alias has the other name in its version. */
function keyOf (name: string, version: string): string {
  const bare = withoutPeers(version)
  return /^\d/.test(bare) ? `${name}@${bare}` : bare
}

function withoutPeers (text: string): string {
  return text.replace(/\(.*$/, '')
}

function named (key: string): { name: string, version: string } {
  const at = key.lastIndexOf('@')
  return { name: key.slice(0, at), version: key.slice(at + 1) }
}
