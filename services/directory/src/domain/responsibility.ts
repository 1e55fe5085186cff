import type { Role } from '@dueline/contracts'

/** What callers say of a responsibility: a product or a module, and a person or a team; the others are null. */
export interface ResponsibilityDraft {
  readonly productId: string | null
  readonly moduleId: string | null
  readonly personId: string | null
  readonly teamId: string | null
}

/** A responsibility of which nothing is said. */
export const emptyResponsibility: ResponsibilityDraft = {
  productId: null,
  moduleId: null,
  personId: null,
  teamId: null
}

/** Somebody who is responsible; `active`: of one of the staff who has not left, or a team that is given tickets. */
export type Responsible = { readonly active: boolean, readonly moduleId: string | null }

/** Those who are responsible for a module, or where nobody active is, for its product. */
export function responsibleOf<One extends Responsible> (
  all: readonly One[]
): { readonly scope: 'module' | 'product' | null, readonly found: readonly One[] } {
  const active = all.filter((one) => one.active)
  const ofModule = active.filter(({ moduleId }) => moduleId !== null)
  if (ofModule.length > 0) return { scope: 'module', found: ofModule }
  return { scope: active.length > 0 ? 'product' : null, found: active }
}

/** The first of a line upwards who is active and leads others. */
export function managerIn (
  line: ReadonlyArray<{ readonly personId: string, readonly role: Role | null, readonly active: boolean }>
): string | null {
  return line.find(({ role, active }) => active && (role === 'manager' || role === 'ceo'))?.personId ?? null
}
