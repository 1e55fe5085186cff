import type { Role } from '@dueline/contracts'
import type { AnswerOf, CallOf } from '@dueline/client'
import type { ServiceOperations } from '../generated/operations.ts'

/** A service that has operations of its own. */
export type ServiceName = keyof ServiceOperations
/** The `operationId`s of a service. */
export type OperationOf<S extends ServiceName> = ServiceOperations[S]

/** Who sends a request, where that is not an administrator (or the operation's first role). */
export interface Caller {
  /** Null: without a token. */
  as?: Role | null
  /** The token's subject. */
  person?: string
}
/** What a sample sends: typed by the public document. `If-Match` and keys are the conformance's affair. */
export type SampleRequest<Id extends OperationOf<ServiceName>> =
  & Caller
  & Omit<CallOf<Id>, 'headers' | 'signal' | 'withinMs'>

/** Where a sample is made: a tenant that nobody has used. */
export interface SampleWorld<S extends ServiceName> {
  tenant: string
  /** A text that no other call has got, for names that must differ. */
  unique(text: string): string
  /** Sends another operation's sample in this tenant, its body with `change` laid over it: what it answers. */
  make<Id extends OperationOf<S>>(
    id: Id,
    change?: object,
    path?: Readonly<Record<string, string>>
  ): Promise<AnswerOf<Id>>
}

/** How one operation is called rightly, and how each further answer that its document names comes about. */
export interface Sample<S extends ServiceName, Id extends OperationOf<S>> {
  /** A right request; called several times, each time for one that can be sent. Makes what it names first. */
  request(world: SampleWorld<S>): SampleRequest<Id> | Promise<SampleRequest<Id>>
  /**
   * By problem code, or by status where several mean success: a request that is answered so. Those that every
   * operation answers alike (`unauthenticated`, `precondition_failed`, …) are made by the conformance.
   */
  answers?: Readonly<Record<string, (world: SampleWorld<S>) => SampleRequest<Id> | Promise<SampleRequest<Id>>>>
  /** Roles that may call it, but not for what its sample is about: they get 403 for that. */
  notFor?: readonly Role[]
  /** It answers without its database too. */
  withoutDatabase?: true
  /** What it answers never ends: only what it refuses is asked for. */
  endless?: true
}

/** A sample for every operation of a service: one that is missing does not compile. */
export type Samples<S extends ServiceName> = { readonly [Id in OperationOf<S>]: Sample<S, Id> }
