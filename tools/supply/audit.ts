import { affects, type Advisory } from './advisories.ts'
import type { Asked, Versions } from './advisory-sources.ts'
import type { Lock } from './lock.ts'

/** What is known of the locked packages; committed as `docs/audit/report.json`. */
export interface Report {
  /** YYYY-MM-DD, UTC. */
  date: string
  /** SHA-256 of the pnpm-lock.yaml that was looked at. */
  lock: string
  /** Whom the command asked for this report, and what came of it. */
  asked: Array<Pick<Asked, 'source' | 'answer'>>
  /**
   * Versions, with spaces between them, by name: of what programs need to run, and of what only builds, tests and
   * checks.
   */
  packages: { production: Record<string, string>, development: Record<string, string> }
  advisories: Advisory[]
}

/** Why an advisory may stay open for a time; written by people in `docs/audit/decisions.json`. */
export interface Decision {
  advisory: string
  package: string
  reason: string
  /** The last day on which it holds, YYYY-MM-DD. */
  until: string
}

export interface Judgement {
  /** A line for each version that an advisory affects. */
  open: string[]
  /** What has to be mended: one sentence each. */
  faults: string[]
}

export function versionsOf (lock: Lock, only: (production: boolean) => boolean = () => true): Versions {
  const versions = new Map<string, string[]>()
  for (const { name, version, production } of [...lock.packages.values()].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (only(production)) versions.set(name, [...versions.get(name) ?? [], version])
  }
  return versions
}

/** The report of today: what was known before of packages that are still locked, and what sources answered now. */
export function renewed (before: Report | undefined, lock: Lock, asked: Asked[], today: string): Report {
  const versions = versionsOf(lock)
  const byKey = new Map<string, Advisory>()
  for (const advisory of [...before?.advisories ?? [], ...asked.flatMap(({ advisories = [] }) => advisories)]) {
    if (versions.has(advisory.package)) byKey.set(`${advisory.package} ${advisory.id}`, advisory)
  }
  return {
    date: today,
    lock: lock.sha256,
    asked: asked.map(({ source, answer }) => ({ source, answer })),
    packages: {
      production: listed(versionsOf(lock, (production) => production)),
      development: listed(versionsOf(lock, (production) => !production))
    },
    advisories: [...byKey].sort(([a], [b]) => a < b ? -1 : 1).map(([, advisory]) => advisory)
  }
}

/**
 * Faults: a lock file that the report does not know, an affected version without a decision that still holds (from
 * severity `moderate` up, and what nobody graded), a decision for nothing that is open.
 */
export function judge (report: Report, lock: Lock, decisions: Decision[], today: string): Judgement {
  const faults: string[] = []
  if (report.lock !== lock.sha256) {
    faults.push(
      `pnpm-lock.yaml has changed since the report of ${report.date}: ` +
        'run npm run audit -- --renew and commit docs/audit'
    )
  }
  const unused = new Set(decisions)
  const open: string[] = []
  for (const { name, version, production } of lock.packages.values()) {
    for (const advisory of report.advisories.filter((one) => one.package === name && affects(one, version))) {
      const decision = decisions.find((one) => one.advisory === advisory.id && one.package === name)
      if (decision !== undefined) unused.delete(decision)
      const use = production ? 'runs' : 'builds or tests'
      open.push(`${name}@${version} (${use}): ${advisory.severity}, ${advisory.id}, ${advisory.title}`)
      const fault = advisory.severity === 'low' ? undefined : faultOf(decision, today)
      if (fault !== undefined) faults.push(`${name}@${version} has ${advisory.id} (${advisory.severity}): ${fault}`)
    }
  }
  for (const { advisory, package: name } of unused) {
    faults.push(`docs/audit/decisions.json decides on ${advisory} of ${name}, which is not open: remove it`)
  }
  return { open, faults }
}

function listed (versions: Versions): Record<string, string> {
  return Object.fromEntries([...versions].map(([name, all]) => [name, all.join(' ')]))
}

function faultOf (decision: Decision | undefined, today: string): string | undefined {
  if (decision === undefined) return 'upgrade it, or write a decision to docs/audit/decisions.json'
  if (decision.reason.trim() === '') return 'its decision has no reason'
  if (!/^\d{4}-\d\d-\d\d$/.test(decision.until)) return `its decision ends on no day (YYYY-MM-DD): ${decision.until}`
  return decision.until < today ? `its decision ended on ${decision.until}` : undefined
}
