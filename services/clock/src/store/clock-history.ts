import type { Agreement } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import type { Read } from '@dueline/postgres'
import { fold, type FoldedClock } from '../domain/fold.ts'
import type { CalendarLookup } from '../domain/open-time.ts'
import type { CalendarCache } from './calendar-store.ts'
import { readCase } from './case-store.ts'
import type { ClockRecord } from './clock-store.ts'
import { textOf } from './keys.ts'
import { readFacts, readAgreementVersions } from './timeline-store.ts'

/** A clock with everything that led to it. */
export interface ClockHistory {
  readonly folded: FoldedClock
  readonly agreement: Agreement
  readonly calendars: CalendarLookup
  readonly asOf: Micros
}

/** Folds one clock's history from the facts, as seen at `now`; undefined when the history no longer has it. */
export async function readHistory (
  db: Read,
  cache: CalendarCache,
  record: ClockRecord,
  now: Micros
): Promise<ClockHistory | undefined> {
  const key = textOf(record)
  const agreementVersions = (await readAgreementVersions(db, [record])).get(key) ?? []
  const facts = (await readFacts(db, [record])).get(key) ?? []
  const importing = (await readCase(db, record))?.importing === true
  const lookup = await cache.lookup(
    db,
    agreementVersions.flatMap(({ tenantId, terms }) => terms === null ? [] : [{ tenantId, calendar: terms.calendar }])
  )
  const calendars = lookup(record.tenantId)
  const only = ({ kind, metric }: Pick<ClockRecord, 'kind' | 'metric'>): boolean =>
    kind === record.kind && metric === record.metric
  const { clocks, asOf } = fold({ facts, agreementVersions, calendars, asOf: importing ? -Infinity : now, only })
  const folded = clocks.find(({ cycle }) => cycle === record.cycle)
  const agreement = agreementVersions.find(({ agreement }) => agreement?.id === folded?.agreementId)?.agreement
  return folded === undefined || agreement === undefined || agreement === null
    ? undefined
    : { folded, agreement, calendars, asOf }
}
