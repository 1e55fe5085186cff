import { formatDuration, formatInstant } from '@dueline/business-time'
import { Duration, Instant, nullable, PauseReasonSchema, stringEnum, instantText } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import type { LedgerLine } from '../domain/ledger.ts'

export const LedgerEntry = Type.Object({
  from: Instant,
  to: nullable({ ...Instant, description: 'null: it goes on' }),
  state: stringEnum(['running', 'closed', 'paused', 'stopped'], {
    description: 'closed: running, but outside the hours of the calendar'
  }),
  pausedFor: Type.Array(PauseReasonSchema),
  cause: Type.String({ description: 'What began it, in words' }),
  factId: nullable(Type.String({ description: 'The event, agreement or command that began it' })),
  calendarVersion: Type.Integer(),
  holder: Type.Object({
    kind: stringEnum(['agent', 'team', 'customer', 'vendor', 'queue']),
    id: nullable(Type.String())
  }, { title: 'Holder', description: 'Who had the ticket' }),
  consumed: { ...Duration, description: 'Open time that counted' }
}, { title: 'LedgerEntry', description: 'A span of a clock, and what it counted' })
export type LedgerEntry = Static<typeof LedgerEntry>

/** A line of the ledger in its wire form. */
export function entryOf (line: LedgerLine): LedgerEntry {
  return {
    ...line,
    from: formatInstant(line.from),
    to: instantText(line.to),
    pausedFor: [...line.pausedFor],
    consumed: formatDuration(line.consumed)
  }
}
