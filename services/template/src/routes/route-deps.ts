import type { ObjectStore, GrantSigner, StoredFiles } from '@dueline/object-store'
import type { Outbox } from '@dueline/messaging'
import type { TenantDatabases } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import type { Converter } from '../conversion/converter.ts'
import type { Questions } from '../upstreams/questions.ts'
import type { AnswerChecks } from './answer-checks.ts'

/** What the operations are made of. */
export interface RouteDeps {
  readonly database: TenantDatabases
  readonly clock: Clock
  readonly ids: Ids
  readonly outbox: Outbox
  readonly files: StoredFiles
  readonly store: ObjectStore
  /** Undefined where the store's own addresses are given out. */
  readonly signer: GrantSigner | undefined
  readonly converter: Converter
  readonly checks: AnswerChecks
  readonly questions: Questions
}
