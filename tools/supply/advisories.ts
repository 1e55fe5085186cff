import { satisfies, validRange } from 'semver'

export const severities = ['low', 'moderate', 'high', 'critical'] as const

/** A known fault of a package. */
export interface Advisory {
  /** `GHSA-…`, or what the source calls it. */
  id: string
  package: string
  /** The affected versions as a range of semver. */
  affected: string
  /** What a source does not grade is `unknown`, and weighs as much as `critical`. */
  severity: typeof severities[number] | 'unknown'
  title: string
}

/** An entry of the Open Source Vulnerability format, as far as it matters here: https://ossf.github.io/osv-schema/ */
export interface OsvEntry {
  id: string
  withdrawn?: string
  summary?: string
  details?: string
  database_specific?: { severity?: string }
  affected?: Array<{
    package?: { ecosystem?: string, name?: string },
    ranges?: Array<{ type: string, events: Array<{ introduced?: string, fixed?: string, last_affected?: string }> }>,
    versions?: string[]
  }>
}

const titleCharacters = 120

/** Whether a version is affected; a range that cannot be understood affects all. */
export function affects ({ affected }: Advisory, version: string): boolean {
  return validRange(affected) === null || satisfies(version, affected, { includePrerelease: true })
}

/** @returns what an entry says of packages of npm with these names; nothing when it was withdrawn */
export function fromOsv (entry: OsvEntry, names: ReadonlySet<string>): Advisory[] {
  if (entry.withdrawn !== undefined) return []
  const title = oneLine(entry.summary ?? entry.details ?? '')
  const severity = severityOf(entry.database_specific?.severity)
  return (entry.affected ?? []).flatMap(({ package: { ecosystem, name = '' } = {}, ranges = [], versions = [] }) =>
    ecosystem === 'npm' && names.has(name)
      ? [{ id: entry.id, package: name, affected: rangeOf(ranges, versions), severity, title }]
      : []
  )
}

export function severityOf (text: string | undefined): Advisory['severity'] {
  const lower = text?.toLowerCase()
  return severities.find((known) => known === lower) ?? 'unknown'
}

export function oneLine (text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, titleCharacters)
}

type Ranges = NonNullable<NonNullable<OsvEntry['affected']>[number]['ranges']>

function rangeOf (ranges: Ranges, versions: string[]): string {
  const parts = [...versions]
  for (const { events } of ranges.filter(({ type }) => type === 'SEMVER' || type === 'ECOSYSTEM')) {
    let from: string | undefined
    for (const { introduced, fixed, last_affected: last } of events) {
      if (introduced !== undefined) from = introduced === '0' ? '0.0.0-0' : introduced
      const end = fixed === undefined ? last === undefined ? undefined : `<=${last}` : `<${fixed}`
      if (end === undefined || from === undefined) continue
      parts.push(`>=${from} ${end}`)
      from = undefined
    }
    if (from !== undefined) parts.push(`>=${from}`)
  }
  return parts.length === 0 ? '*' : parts.join(' || ')
}
