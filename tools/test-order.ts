import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What a test file needs, by the folder that it is in (see CONTRIBUTING); `tools` need the repository only. */
const tiers = ['unit', 'tools', 'db', 'api', 's3', 'kafka', 'e2e'] as const
export type Tier = typeof tiers[number]

/** Arguments that stand for tiers. */
const named: Readonly<Record<string, readonly Tier[]>> = { quick: ['unit', 'db', 'api'] }

/** Files of one process at most, so that the last batches end together. */
const batchMax: Readonly<Record<Tier, number>> = { unit: 20, tools: 10, db: 12, api: 12, s3: 10, kafka: 10, e2e: 1 }

/** Their files share a stack, which runs in their process. */
const oneStack = 'test/e2e/one-stack'

/** They stop servers and the process that they are in, measure it, or take long. */
const alone =
  /^packages\/(embedded-postgres|messaging|testkit|timers)\/test\/db\/|\/(client-defects|new-service|mutants)\.test\.ts$/

/** How long a file takes that has not been seen yet. */
const usualMs: Readonly<Record<Tier, number>> = {
  unit: 1_000,
  tools: 5_000,
  db: 5_000,
  api: 5_000,
  s3: 5_000,
  kafka: 20_000,
  e2e: 60_000
}

/** What each file took the last time, in milliseconds. */
export type TookMs = Readonly<Record<string, number>>

/** @throws Error for a file that is in the folder of no tier */
export function tierOf (file: string): Tier {
  if (file.startsWith('test/')) return file.startsWith('test/e2e/') ? 'e2e' : 'tools'
  const tier = tiers.find((each) => file.includes(`/test/${each}/`))
  if (tier === undefined) throw new Error(`${file} is in no folder of ${tiers.join(', ')}`)
  return tier
}

/** The test files of the named tiers and those whose path contains one of `parts`; all when there is none. */
export function testFiles (parts: readonly string[]): string[] {
  const folders = ['packages', 'services', 'infra'].flatMap((parent) =>
    readdirSync(parent).map((child) => join(parent, child, 'test'))
  )
  const isAsked = (file: string): boolean =>
    parts.length === 0 || parts.some((part) => named[part]?.includes(tierOf(file)) ?? file.includes(part))
  return [...folders, 'test'].filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.test.ts') && isAsked(file))
    .sort((a, b) => tiers.indexOf(tierOf(a)) - tiers.indexOf(tierOf(b)) || a.localeCompare(b))
}

/**
 * Files that run one after the other in one process: those of a folder, which load the same things and may share what
 * is slow to start. Unit tests come first, so that a plain mistake shows early, then whatever takes longest: begun last
 * it would run alone at the end.
 */
export function batchesOf (files: readonly string[], tookMs: TookMs = {}): string[][] {
  const byFolder = new Map<string, string[]>()
  for (const file of files) {
    const folder = alone.test(file) ? file : dirname(file)
    byFolder.set(folder, [...byFolder.get(folder) ?? [], file])
  }
  const batches = [...byFolder].flatMap(([folder, group]) => {
    const count = folder === oneStack ? 1 : Math.ceil(group.length / batchMax[tierOf(group[0] ?? '')])
    const size = Math.ceil(group.length / count)
    return Array.from({ length: count }, (_, index) => group.slice(index * size, (index + 1) * size))
  })
  const expectedMs = new Map(batches.map((batch) => [
    batch,
    batch.reduce((sum, file) => sum + (tookMs[file] ?? usualMs[tierOf(file)]), 0)
  ]))
  const isLater = ([file = '']: string[]): number => tierOf(file) === 'unit' ? 0 : 1
  return batches.sort((a, b) => isLater(a) - isLater(b) || (expectedMs.get(b) ?? 0) - (expectedMs.get(a) ?? 0))
}

/**
 * The queues that each lane works off, one after the other. Whole stacks and brokers mostly wait for promises and
 * sessions of some seconds, so each have a lane of their own from the start, brokers no more than that; beside them run
 * as many others as there are processors, which help with whole stacks at the end.
 */
export function lanesOf (batches: readonly string[][], concurrency: number): string[][][][] {
  const of = (...wanted: Tier[]): string[][] => batches.filter(([file = '']) => wanted.includes(tierOf(file)))
  const [parts, kafka, whole] = [of('unit', 'tools', 'db', 'api', 's3'), of('kafka'), of('e2e')]
  if (concurrency === 1) return [[parts, kafka, whole]]
  return [[whole, parts], [kafka, whole, parts], ...Array.from({ length: concurrency }, () => [parts, whole])]
}
