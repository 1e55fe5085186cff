import { baseErrors, problem } from '@dueline/http'
import { ladderFaults, type Fault } from './domain/ladder-faults.ts'
import type { LadderDraft } from './domain/ladder.ts'
import type { PersonFinder } from './person-finder.ts'

/** Keeps ladders that could not work out of the database. */
export interface LadderGuard {
  /** @throws Problem 400 with every fault, 503 when people could not be looked up */
  check(tenantId: string, draft: LadderDraft, authorization: string): Promise<void>
}

interface Mention {
  readonly pointer: string
  readonly id: string
  readonly customer: boolean
}

function mentions ({ filters, levels }: LadderDraft): Mention[] {
  const customers = (filters.customerIds ?? []).map((id, i) => ({
    pointer: `/filters/customerIds/${i}`,
    id,
    customer: true
  }))
  const targets = levels.flatMap(({ targets }, i) =>
    targets.flatMap((target, j) =>
      'personId' in target
        ? [{ pointer: `/levels/${i}/targets/${j}/personId`, id: target.personId, customer: false }]
        : []
    )
  )
  return [...customers, ...targets]
}

/** The rules of the domain, and that everyone it names is there and may be named so. */
export function createLadderGuard (people: PersonFinder): LadderGuard {
  return {
    async check (tenantId, draft, authorization) {
      const faults: Fault[] = ladderFaults(draft)
      const named = mentions(draft)
      const roles = named.length === 0
        ? new Map()
        : await people.rolesOf(tenantId, named.map(({ id }) => id), authorization)
      for (const { pointer, id, customer } of named) {
        const role = roles.get(id)
        if (role === undefined) faults.push({ pointer, message: 'must be a person of this tenant' })
        else if (customer !== (role === 'customer')) {
          faults.push({ pointer, message: customer ? 'must be a customer' : 'must not be a customer' })
        }
      }
      if (faults.length > 0) problem(baseErrors.validation_failed, { detail: 'the ladder would not work', faults })
    }
  }
}
