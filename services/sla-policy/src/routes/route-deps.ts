import { Instant, NamedText, nullable, Uuid } from '@dueline/contracts'
import { baseErrors, problem, type Fault } from '@dueline/http'
import type { Outbox } from '@dueline/messaging'
import type { TenantDatabases } from '@dueline/postgres'
import type { Clock, Ids, Poller } from '@dueline/runtime'
import type { AnswerTemplates, PersonCopies } from '@dueline/service'
import { Type } from 'typebox'
import type { TableThreads } from '../spreadsheets/table-threads.ts'
import type { ClockPreviews } from '../upstreams/clock-previews.ts'
import type { CompiledCalendars } from '../store/compiled-calendars.ts'
import type { PolicyCache } from '../store/policy-cache.ts'

/** What the operations are made of. */
export interface RouteDeps {
  readonly database: TenantDatabases
  readonly clock: Clock
  readonly ids: Ids
  readonly outbox: Outbox
  readonly cache: PolicyCache
  readonly calendars: CompiledCalendars
  readonly people: PersonCopies
  readonly tables: TableThreads
  readonly clockPreviews: ClockPreviews
  readonly answerTemplates: AnswerTemplates
  /** To be woken when a publish has been committed. */
  readonly reresolver: Pick<Poller, 'wake'>
}

export const Stamps = {
  version: Type.Integer({ minimum: 1, description: 'counts the changes; the ETag' }),
  createdAt: Instant,
  updatedAt: Instant
}
export const Name = NamedText(200)
/** Part of a name to look for. */
export const SearchText = Type.Optional(NamedText(200, 'part of the name; case does not count'))
export const NullableUuid = nullable(Uuid)
/** The position of a list ordered by id. */
export const IdCursor = Type.Object({ id: Uuid })

/** Most faults that one answer lists. */
const faultsMax = 100

/** Ends the request with 400 when there is any fault; the first hundred are listed. */
export function refuseFaults (faults: readonly Fault[]): void {
  if (faults.length === 0) return
  const listed = faults.length > faultsMax ? `, the first ${faultsMax} are listed` : ''
  const detail = `the request has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}${listed}`
  problem(baseErrors.validation_failed, { detail, faults: faults.slice(0, faultsMax) })
}

/** Ends the request with 400 for one fault of its body. */
export function refuse (pointer: string, message: string): never {
  return problem(baseErrors.validation_failed, { detail: 'the request has 1 fault', faults: [{ pointer, message }] })
}
