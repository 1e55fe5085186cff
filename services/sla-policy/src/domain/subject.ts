import type { AgreementSubject } from '@dueline/contracts'

/** A catalogue item's parents, which never change: a module's product, a question's module and product. */
export interface Parents {
  readonly productId: string
  readonly moduleId: string | null
}

/**
 * The subject with the module and product that its question or module belongs to filled in, so that a row for a product
 * also wins for a ticket that names only a question of it. What the ticket says itself is kept.
 */
export function withParents (
  subject: AgreementSubject,
  parentsOf: (id: string) => Parents | undefined
): AgreementSubject {
  if (subject.productId !== null && (subject.moduleId !== null || subject.questionId === null)) return subject
  const ofQuestion = subject.questionId === null ? undefined : parentsOf(subject.questionId)
  const moduleId = subject.moduleId ?? ofQuestion?.moduleId ?? null
  const ofModule = moduleId === null ? undefined : parentsOf(moduleId)
  return { ...subject, moduleId, productId: subject.productId ?? ofQuestion?.productId ?? ofModule?.productId ?? null }
}
