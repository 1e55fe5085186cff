import {
  agreementKinds,
  instantText,
  metrics,
  nextResponseRules,
  pauseReasons,
  policyEffects,
  priorities,
  reopenRules,
  severities,
  type Metric
} from '@dueline/contracts'
import type { SlaRowRecord } from '../store/sla-row-store.ts'
import {
  readBoolean,
  readDuration,
  readId,
  readInstant,
  readInteger,
  readText,
  readWord,
  readWords,
  writeWords,
  type Cell,
  type Read
} from './cells.ts'
import type { NamedKind, Names } from './names.ts'
import { readReminders, writeReminders } from './reminder-text.ts'

/** What a row of a file says, in the form in which a body of the API says it. */
export type RowBody = Record<string, unknown>

/** What else a cell is read by: what the row says before it, and whose names count. */
export interface ReadContext {
  readonly names: Names
  readonly body: RowBody
  readonly is1904: boolean
}

/** One column of the SLA table as a file. */
export interface SlaRowColumn {
  readonly name: string
  /** The field of the row, and its part where the field is an object. */
  readonly path: readonly [field: string, part?: Metric]
  readonly write: (row: SlaRowRecord, names: Names) => Cell
  /** Of a cell that is not empty. */
  readonly read: (cell: Cell, context: ReadContext) => Read
  /** What an empty cell says. */
  readonly empty: 'null' | 'default'
}

type Field = keyof SlaRowRecord & string

function plain (name: Field, read: SlaRowColumn['read'], empty: SlaRowColumn['empty']): SlaRowColumn {
  return { name, path: [name], write: (row) => row[name] as Cell, read, empty }
}

function word (name: Field, words: readonly string[], empty: SlaRowColumn['empty']): SlaRowColumn {
  return plain(name, (cell) => readWord(cell, words), empty)
}

function instant (name: 'validFrom' | 'validTo'): SlaRowColumn {
  return { ...plain(name, readInstant, 'null'), write: (row) => instantText(row[name]) }
}

/** By its name, or its id. */
function named (kind: NamedKind, field: 'productId' | 'moduleId' | 'questionId' | 'calendarId'): SlaRowColumn {
  return {
    name: kind,
    path: [field],
    write: (row, names) => row[field] === null ? null : names.textOf(kind, row[field], parentsOf(kind, row)),
    read (cell, { names, body }) {
      const found = names.find(kind, String(cell), parentsOf(kind, body))
      return 'id' in found ? { value: found.id } : found
    },
    empty: 'null'
  }
}

function parentsOf (kind: NamedKind, row: { productId?: unknown, moduleId?: unknown }) {
  const [productId, moduleId] = [row.productId as string | null, row.moduleId as string | null]
  return kind === 'module' ? { productId } : kind === 'question' ? { productId, moduleId } : {}
}

const condition: SlaRowColumn = {
  name: 'when',
  path: ['when'],
  write: ({ when }) => when === null ? null : JSON.stringify(when),
  read (cell) {
    try {
      return { value: JSON.parse(String(cell)) }
    } catch {
      return { fault: 'must be a condition in JSON, such as {"field":"ticket.channel","op":"eq","value":"email"}' }
    }
  },
  empty: 'null'
}

/** The columns in the order in which they are written; the first two say which row it is, and which state of it. */
export const slaRowColumns: readonly SlaRowColumn[] = [
  plain('id', readId, 'null'),
  plain('version', readInteger, 'null'),
  plain('name', readText, 'null'),
  word('kind', agreementKinds, 'default'),
  named('product', 'productId'),
  named('module', 'moduleId'),
  named('question', 'questionId'),
  word('priority', priorities, 'null'),
  word('severity', severities, 'null'),
  plain('customerId', readId, 'null'),
  condition,
  ...metrics.map((metric): SlaRowColumn => ({
    name: `targets.${metric}`,
    path: ['targets', metric],
    write: ({ targets }) => targets[metric] ?? null,
    read: (cell, { is1904 }) => readDuration(cell, is1904),
    empty: 'null'
  })),
  named('calendar', 'calendarId'),
  {
    name: 'reminders',
    path: ['reminders'],
    write: ({ reminders }) => writeReminders(reminders),
    read: readReminders,
    empty: 'default'
  },
  ...metrics.map((metric): SlaRowColumn => ({
    name: `pauseRules.${metric}`,
    path: ['pauseRules', metric],
    write: ({ pauseRules }) => writeWords(pauseRules[metric] ?? []),
    read: (cell) => readWords(cell, pauseReasons),
    empty: 'null'
  })),
  plain('escalationPolicyId', readId, 'null'),
  word('reopen', reopenRules, 'default'),
  word('nextResponse', nextResponseRules, 'default'),
  word('effect', policyEffects, 'default'),
  plain('rank', readInteger, 'default'),
  plain('active', readBoolean, 'default'),
  instant('validFrom'),
  instant('validTo')
]
