import { askedApiKeys, type ApiKeys } from './api-keys.ts'
import type { Caller } from './claims.ts'
import { baseErrors, problem, Problem } from './errors.ts'
import { UpstreamRefusal, type Upstream } from './upstream.ts'

/** Finds the person that a caller is. The directory owns people; others ask it. */
export interface People {
  /**
   * The person's id; null when the tenant has nobody for this caller.
   * @throws Problem 403 `person_inactive`, 503
   */
  idOf(caller: Caller, authorization: string): Promise<string | null>
  /** How long an answer may be used, in milliseconds. */
  readonly trustMs: number
  /** Rises with each change here that may make answers wrong. */
  changes(): number
}

/** The directory remembers for 5 s, so that a change is seen everywhere within a minute. */
const trustMs = 50_000

interface Me {
  person: { id: string } | null
}

function isMe (body: unknown): body is Me {
  const person = (body as { person?: { id?: unknown } | null } | null)?.person
  return person === null || typeof person?.id === 'string'
}

/**
 * Asks the directory service who the caller is, with the caller's own token; undefined: there is nobody to ask.
 * `arrived` may keep what it answers of a person.
 */
export function askedPeople (
  directory: Upstream | undefined,
  arrived?: (tenantId: string, person: unknown) => Promise<void>
): (People & ApiKeys) | undefined {
  const keys = askedApiKeys(directory)
  return directory && keys && {
    ...keys,
    trustMs,
    changes: () => 0,
    async idOf ({ tenantId }, authorization) {
      try {
        const me = await directory.get('/v1/me', authorization, isMe)
        if (me?.person != null) await arrived?.(tenantId, me.person)
        return me?.person?.id ?? null
      } catch (error) {
        const status = error instanceof UpstreamRefusal ? error.status : 0
        if (status === 403) return problem(baseErrors.person_inactive, { cause: error })
        // it has ended on the way
        if (status === 401) return problem(baseErrors.unauthenticated, { cause: error })
        throw error
      }
    }
  }
}

/** Roles whose callers need not be people: programs, and who sets up a tenant that has nobody yet. */
const machines: readonly string[] = ['admin', 'integrator', 'operator']

/** The issuer that gives our ids also has programs that work as agents: with it only customers must be people. */
function needsNoPerson ({ roles, issuer }: Caller): boolean {
  return roles.some((role) => issuer.person?.ids === true ? role !== 'customer' : machines.includes(role))
}

/** Who a caller is here: a person, a machine, or somebody unknown, who gets a refusal that says so. */
export interface Known {
  personId: string
  /** What an administrator needs to know of a caller who is none of the tenant's people. */
  unlinked: { issuer: string, subject: string } | null
}

/**
 * Finds the caller among the people. An id of a person in the token is believed while nobody can be asked: the issuer
 * that gives our ids must not depend on the directory service, and `isSure` is false then.
 * @throws Problem 403 `person_inactive`, 503
 */
export async function knownAs (
  caller: Caller,
  find: () => Promise<string | null>
): Promise<Known & { isSure: boolean }> {
  const { id, name, alias, issuer } = caller
  let found: string | null
  try {
    found = await find()
  } catch (error) {
    if (id === null || !(error instanceof Problem) || error.entry !== baseErrors.unavailable) throw error
    return { personId: id, unlinked: null, isSure: false }
  }
  const isUnlinked = found === null && id === null && !needsNoPerson(caller)
  const unlinked = isUnlinked ? { issuer: issuer.issuer, subject: name } : null
  return { personId: found ?? id ?? alias, unlinked, isSure: true }
}

/** Says to somebody whom the tenant does not know what can be done about it. */
export function refuseUnlinked (tenantId: string, unlinked: Known['unlinked']): Problem {
  return new Problem(baseErrors.person_unknown, {
    detail: `your token's subject is not among the people of the tenant "${tenantId}"; an administrator links it by ` +
      'POST /v1/people/{personId}/identities with this issuer and subject, or switches the creation of people on',
    ...(unlinked === null ? {} : { extra: { ...unlinked } })
  })
}
