import { isCustomer } from '@dueline/contracts'
import { baseErrors, problem } from '@dueline/http'
import type { PersonCopies } from '@dueline/service'
import { escalationPolicyFaults, type Fault } from '../domain/escalation-policy-faults.ts'
import type { EscalationPolicyDraft } from '../domain/escalation-policy.ts'

/** Keeps escalation policies that could not work out of the database. */
export interface EscalationPolicyGuard {
  /** @throws Problem 400 with every fault, 503 when people could not be looked up */
  check(tenantId: string, draft: EscalationPolicyDraft, authorization: string): Promise<void>
}

interface Mention {
  readonly pointer: string
  readonly id: string
  readonly customer: boolean
}

function mentions ({ filters, levels }: EscalationPolicyDraft): Mention[] {
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
export function createEscalationPolicyGuard (people: PersonCopies): EscalationPolicyGuard {
  return {
    async check (tenantId, draft, authorization) {
      const faults: Fault[] = escalationPolicyFaults(draft)
      const named = mentions(draft)
      const known = await people.find({ tenantId, authorization }, named)
      for (const { pointer, id, customer } of named) {
        const role = known.get(id)?.role
        if (role === undefined) faults.push({ pointer, message: 'must be a person of this tenant' })
        else if (customer !== isCustomer(role)) {
          faults.push({ pointer, message: customer ? 'must be a customer' : 'must not be a customer' })
        }
      }
      if (faults.length > 0) {
        problem(baseErrors.validation_failed, { detail: 'the escalation policy would not work', faults })
      }
    }
  }
}
