import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EnvHttpProxyAgent, fetch } from 'undici'
import { fromOsv, oneLine, severityOf, type Advisory, type OsvEntry } from './advisories.ts'

/** Versions by the name of the package. */
export type Versions = ReadonlyMap<string, string[]>

/** What came of asking one source. `advisories` is undefined when it did not answer; `answer` says what it did. */
export interface Asked {
  source: string
  answer: string
  advisories?: Advisory[]
}

const timeoutMs = 15_000
/** As many as OSV takes at once. */
const osvBatch = 1_000
const osvApi = 'https://api.osv.dev'

interface RegistryAdvisory {
  id: number
  url?: string
  title?: string
  severity?: string
  vulnerable_versions?: string
}

/** Asks the endpoint of an npm registry that `npm audit` asks. */
export async function askRegistry (versions: Versions, registry = configuredRegistry()): Promise<Asked> {
  return await answerOf('npm registry, advisories/bulk', async () => {
    const address = new URL('-/npm/v1/security/advisories/bulk', registry)
    const found = await post(address, Object.fromEntries(versions)) as Record<string, RegistryAdvisory[]>
    return Object.entries(found).flatMap(([name, entries]) =>
      entries.map((entry) => ({
        id: /GHSA(-\w{4}){3}/.exec(entry.url ?? '')?.[0] ?? `npm-${entry.id}`,
        package: name,
        affected: entry.vulnerable_versions ?? '*',
        severity: severityOf(entry.severity),
        title: oneLine(entry.title ?? '')
      }))
    )
  })
}

interface Batch {
  results: Array<{ vulns?: Array<{ id: string }> }>
}

/** Asks the Open Source Vulnerabilities database for what affects these versions. */
export async function askOsv (versions: Versions, api = osvApi): Promise<Asked> {
  return await answerOf('OSV, api.osv.dev', async () => {
    const queries = [...versions].flatMap(([name, all]) =>
      all.map((version) => ({ version, package: { name, ecosystem: 'npm' } }))
    )
    const ids = new Set<string>()
    for (let at = 0; at < queries.length; at += osvBatch) {
      const { results } = await post(new URL('v1/querybatch', api), {
        queries: queries.slice(at, at + osvBatch)
      }) as Batch
      for (const { id } of results.flatMap(({ vulns = [] }) => vulns)) ids.add(id)
    }
    const names = new Set(versions.keys())
    const advisories: Advisory[] = []
    for (const id of ids) {
      advisories.push(...fromOsv(await json(new URL(`v1/vulns/${encodeURIComponent(id)}`, api)) as OsvEntry, names))
    }
    return advisories
  })
}

/**
 * Reads entries of the OSV format from the files of a folder, such as a clone of GitHub's advisory database or OSV's
 * all.zip.
 * @throws Error when it has none, or when a file is no entry
 */
export function readOsvFolder (versions: Versions, folder: string): Asked {
  const names = new Set(versions.keys())
  const files = globSync('**/*.json', { cwd: folder })
  if (files.length === 0) throw new Error(`${folder} has no entries (*.json)`)
  const advisories = files.flatMap((file) =>
    fromOsv(JSON.parse(readFileSync(join(folder, file), 'utf8')) as OsvEntry, names)
  )
  return { source: 'files of the OSV format', answer: answered(advisories), advisories }
}

function answered ({ length }: Advisory[]): string {
  return `answered with ${length} advisories`
}

async function answerOf (source: string, ask: () => Promise<Advisory[]>): Promise<Asked> {
  try {
    const advisories = await ask()
    return { source, answer: answered(advisories), advisories }
  } catch (error) {
    return { source, answer: `did not answer: ${reasonOf(error)}` }
  }
}

/** Without addresses: the report is public, and a registry may not be. */
function reasonOf (error: unknown): string {
  const { message, cause, name } = error as Error & { cause?: { code?: string } }
  return cause?.code ?? (name === 'TimeoutError' ? `nothing within ${timeoutMs / 1_000} s` : message)
}

async function post (address: URL, body: unknown): Promise<unknown> {
  return await json(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body)
  })
}

async function json (address: URL, init: Parameters<typeof fetch>[1] = {}): Promise<unknown> {
  const dispatcher = new EnvHttpProxyAgent()
  try {
    const answer = await fetch(address, { ...init, dispatcher, signal: AbortSignal.timeout(timeoutMs) })
    if (!answer.ok) throw new Error(`status ${answer.status}`)
    return await answer.json()
  } finally {
    void dispatcher.close()
  }
}

function configuredRegistry (): string {
  const registry = execFileSync('npm', ['config', 'get', 'registry'], {
    encoding: 'utf8',
    shell: process.platform === 'win32'
  }).trim()
  return registry.endsWith('/') ? registry : `${registry}/`
}
