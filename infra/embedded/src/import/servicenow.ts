import { formatInstant } from '@dueline/business-time'
import type { Priority, TicketStatus } from '@dueline/contracts'
import { parse } from 'csv-parse/sync'
import { DateTime } from 'luxon'

/** A line of `POST /v1/ticket-imports`: a ticket with its dated facts. */
export interface History {
  externalId: string
  subject: string
  type: 'request'
  priority: Priority
  customer: { externalId: string }
  createdAt: string
  facts: HistoryFact[]
  custom: Record<string, string>
}
export type HistoryFact =
  | { at: string, kind: 'status_changed', to: TicketStatus }
  | { at: string, kind: 'priority_changed', to: Priority }
  | { at: string, kind: 'assigned', assignee?: { externalId: string }, team?: string }

/** What the log itself says of an incident, for comparison. */
export interface LogVerdict {
  externalId: string
  madeSla: boolean
}

export interface ServiceNowLog {
  rows: number
  histories: History[]
  verdicts: LogVerdict[]
}

type Row = Record<string, string>

const statuses: Record<string, TicketStatus> = {
  New: 'new',
  Active: 'open',
  'Awaiting User Info': 'waiting_on_customer',
  'Awaiting Vendor': 'waiting_on_vendor',
  'Awaiting Problem': 'waiting_on_vendor',
  'Awaiting Evidence': 'waiting_on_vendor',
  Resolved: 'resolved',
  Closed: 'closed'
}
const priorities: Record<string, Priority> = {
  '1 - Critical': 'P0',
  '2 - High': 'P1',
  '3 - Moderate': 'P2',
  '4 - Low': 'P3'
}
const unknown = '?'

/** A file that is not the audit log it should be: every fault with its line, at most 50. */
export class LogFault extends Error {
  override readonly name = 'LogFault'
}

/**
 * Reads a ServiceNow incident audit log (one row = the record after one update) as ticket histories. Created at the
 * earlier of `opened_at` and the first update, with status new and the first row's priority; each later difference in
 * state, priority, group or person is a fact at its row's `sys_updated_at`. Times without a zone are UTC; rows of one
 * minute go by `sys_mod_count`.
 * @throws LogFault when columns are missing or a value cannot be read
 */
export function readServiceNowLog (csv: string): ServiceNowLog {
  const rows = parse(csv, { columns: true, bom: true, skip_empty_lines: true }) as Row[]
  const faults: string[] = []
  for (
    const column of [
      'number',
      'incident_state',
      'sys_updated_at',
      'sys_mod_count',
      'opened_at',
      'priority',
      'caller_id'
    ]
  ) {
    if (rows[0] !== undefined && !(column in rows[0])) faults.push(`the column ${column} is missing`)
  }
  if (rows.length === 0) faults.push('there is no row')
  if (faults.length === 0) {
    rows.forEach((row, index) => faults.push(...rowFaults(row).map((fault) => `line ${index + 2}: ${fault}`)))
  }
  if (faults.length > 0) throw new LogFault(faults.slice(0, 50).join('\n'))
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(row['number'] ?? '', [...groups.get(row['number'] ?? '') ?? [], row])
  return {
    rows: rows.length,
    histories: [...groups.values()].map(historyOf),
    verdicts: [...groups].map(([externalId, group]) => ({
      externalId,
      madeSla: inOrder(group).at(-1)?.['made_sla']?.toUpperCase() === 'TRUE'
    }))
  }
}

function rowFaults (row: Row): string[] {
  const faults = []
  if (statuses[row['incident_state'] ?? ''] === undefined) {
    faults.push(`incident_state "${row['incident_state']}" is not known`)
  }
  if (priorities[row['priority'] ?? ''] === undefined) faults.push(`priority "${row['priority']}" is not known`)
  if (readTime(row['sys_updated_at']) === null) {
    faults.push(`sys_updated_at "${row['sys_updated_at']}" is not DD-MM-YYYY HH:MM`)
  }
  if (row['opened_at'] !== unknown && readTime(row['opened_at']) === null) {
    faults.push(`opened_at "${row['opened_at']}" is not DD-MM-YYYY HH:MM`)
  }
  return faults
}

function historyOf (group: Row[]): History {
  const rows = inOrder(group)
  const first = rows[0] ?? {}
  const firstUpdate = readTime(first['sys_updated_at']) ?? 0
  const created = Math.min(readTime(first['opened_at']) ?? firstUpdate, firstUpdate)
  return {
    externalId: first['number'] ?? '',
    subject: `${first['category']}: ${first['subcategory']}`.replaceAll(unknown, 'unknown'),
    type: 'request',
    priority: priorities[first['priority'] ?? ''] ?? 'P3',
    customer: { externalId: first['caller_id'] ?? unknown },
    createdAt: formatInstant(created),
    facts: factsOf(rows),
    custom: {
      category: first['category'] ?? '',
      subcategory: first['subcategory'] ?? '',
      location: first['location'] ?? ''
    }
  }
}

function factsOf (rows: readonly Row[]): HistoryFact[] {
  let status: TicketStatus = 'new'
  let priority = priorities[rows[0]?.['priority'] ?? '']
  let team = unknown
  let person = unknown
  return rows.flatMap((row) => {
    const facts: HistoryFact[] = []
    const at = formatInstant(readTime(row['sys_updated_at']) ?? 0)
    const newPriority = priorities[row['priority'] ?? '']
    if (newPriority !== undefined && newPriority !== priority) {
      facts.push({ at, kind: 'priority_changed', to: priority = newPriority })
    }
    const newTeam = row['assignment_group'] ?? unknown
    const newPerson = row['assigned_to'] ?? unknown
    if (newTeam !== team || newPerson !== person) {
      ;[team, person] = [newTeam, newPerson]
      facts.push({
        at,
        kind: 'assigned',
        ...(team === unknown ? {} : { team }),
        ...(person === unknown ? {} : { assignee: { externalId: person } })
      })
    }
    const newStatus = statuses[row['incident_state'] ?? '']
    if (newStatus !== undefined && newStatus !== status) {
      facts.push({ at, kind: 'status_changed', to: status = newStatus })
    }
    return facts
  })
}

function inOrder (rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) =>
    (readTime(a['sys_updated_at']) ?? 0) - (readTime(b['sys_updated_at']) ?? 0) ||
    Number(a['sys_mod_count']) - Number(b['sys_mod_count'])
  )
}

/** Microseconds since 1970, or null for what is not a time. */
function readTime (text: string | undefined): number | null {
  const time = DateTime.fromFormat(text ?? '', 'dd-MM-yyyy HH:mm', { zone: 'utc' })
  return time.isValid ? time.toMillis() * 1_000 : null
}
