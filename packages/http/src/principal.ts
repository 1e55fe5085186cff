import type { Micros } from '@dueline/business-time'
import type { Role, Scope } from '@dueline/contracts'
import type { ApiKeys } from './api-keys.ts'
import type { People } from './people.ts'
import type { TrustedIssuer } from './issuers.ts'

/** Who calls. */
export interface Principal {
  readonly tenantId: string
  /** The person's id, or what the issuer calls a caller who is no person: a machine, such as a gateway of mails. */
  readonly personId: string
  readonly roles: readonly Role[]
  /** The caller's name; two callers never share one, whoever issued their tokens. */
  readonly subject: string
  /** Set where the caller would have to be a person and the tenant has none for it. */
  readonly unlinked?: { readonly issuer: string, readonly subject: string } | null
  /** The API key that stands for a token: what the caller may is cut to its scopes. */
  readonly key?: { readonly id: string, readonly scopes: readonly Scope[] }
  /** Until when the token says that it holds (claim `exp`): an answer that goes on ends then. Microseconds. */
  readonly tokenEndsAt: Micros
}

/** Which tokens are accepted. */
export interface AuthOptions {
  readonly issuers: readonly TrustedIssuer[]
  /** Where callers are found among the tenant's people; without it each is who its token says. */
  readonly people?: People
  /** Where API keys are found; without it none is accepted. */
  readonly keys?: ApiKeys
}
