import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The test files whose path contains one of `parts` (all when there is none), cheap tiers first, so that a plain
 * mistake shows early.
 */
export function testFiles (parts: readonly string[]): string[] {
  const folders = ['packages', 'services', 'infra'].flatMap((parent) =>
    readdirSync(parent).map((child) => join(parent, child, 'test'))
  )
  return [...folders, 'test'].filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.test.ts') && (parts.length === 0 || parts.some((part) => file.includes(part))))
    .sort((a, b) => tier(a) - tier(b) || a.localeCompare(b))
}

function tier (file: string): number {
  return file.includes('/api/') ? 2 : file.includes('/db/') ? 1 : 0
}

/**
 * The queues that each lane works off, one after the other. Whole-stack files mostly wait for promises of some seconds,
 * so they have a lane of their own from the start, beside as many others as there are processors; half of those help
 * with the rest of them.
 */
export function lanesOf (files: readonly string[], concurrency: number): string[][][] {
  const whole = files.filter((file) => file.startsWith('test/'))
  const parts = files.filter((file) => !file.startsWith('test/'))
  if (concurrency === 1) return [[parts, whole]]
  return [
    [whole, parts],
    ...Array.from({ length: concurrency }, (_, lane) => lane % 2 === 0 ? [parts, whole] : [parts])
  ]
}
