import type { Channel, Priority, Severity, TicketType } from '@dueline/contracts'

/** What of a ticket decides which promise it gets. `null` = not said. */
export interface Subject {
  readonly type: TicketType
  readonly priority: Priority
  readonly severity: Severity
  readonly productId: string | null
  readonly moduleId: string | null
  readonly questionId: string | null
  readonly customerId: string | null
  readonly channel: Channel | null
}

/** A catalogue item's parents, which never change: a module's product, a question's module and product. */
export interface Parents {
  readonly productId: string
  readonly moduleId: string | null
}

/**
 * The subject with the module and product that its question or module belongs to filled in, so that a row for a product
 * also wins for a ticket that names only a question of it. What the ticket says itself is kept.
 */
export function withParents (subject: Subject, parentsOf: (id: string) => Parents | undefined): Subject {
  if (subject.productId !== null && (subject.moduleId !== null || subject.questionId === null)) return subject
  const ofQuestion = subject.questionId === null ? undefined : parentsOf(subject.questionId)
  const moduleId = subject.moduleId ?? ofQuestion?.moduleId ?? null
  const ofModule = moduleId === null ? undefined : parentsOf(moduleId)
  return { ...subject, moduleId, productId: subject.productId ?? ofQuestion?.productId ?? ofModule?.productId ?? null }
}

/** The part of a ticket that decides. */
export function subjectOf (
  { type, priority, severity, productId, moduleId, questionId, customerId, channel }: Subject
): Subject {
  return { type, priority, severity, productId, moduleId, questionId, customerId, channel }
}

/** Two subjects with the same key get the same promise from the same policy version. */
export function subjectKey (subject: Subject): string {
  const { type, priority, severity, productId, moduleId, questionId, customerId, channel } = subject
  return [type, priority, severity, productId, moduleId, questionId, customerId, channel].join('|')
}
