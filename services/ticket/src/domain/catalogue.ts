/** A product, module or question as far as this service knows it. */
export interface CatalogueItem {
  kind: 'product' | 'module' | 'question'
  id: string
  name: string
  productId: string | null
  moduleId: string | null
  active: boolean
}

/** What a ticket is about. */
export interface TicketSubject {
  productId: string | null
  moduleId: string | null
  questionId: string | null
}
export interface Fault {
  pointer: string
  message: string
}

const fields = [['productId', 'product'], ['moduleId', 'module'], ['questionId', 'question']] as const

/**
 * Checks what a ticket is said to be about against the catalogue and fills in what follows from it: a question's module
 * and product, a module's product, where the caller named none. `given` are the fields the caller named now: only those
 * must be known and active.
 * A module or question that belongs to another product or module is a fault at its own pointer.
 */
export function checkSubject (
  subject: TicketSubject,
  items: ReadonlyMap<string, CatalogueItem>,
  given: ReadonlySet<string>,
  prefix = ''
): { subject: TicketSubject, faults: Fault[] } {
  const faults: Fault[] = []
  const found: Partial<Record<CatalogueItem['kind'], CatalogueItem>> = {}
  for (const [field, kind] of fields) {
    const id = subject[field]
    if (id === null) continue
    const item = items.get(id)
    if (item === undefined || item.kind !== kind) {
      // what was accepted before and is unknown now is not this caller's mistake
      if (given.has(field)) faults.push({ pointer: `${prefix}/${field}`, message: `no such ${kind}` })
    } else {
      if (!item.active && given.has(field)) {
        faults.push({ pointer: `${prefix}/${field}`, message: `the ${kind} is not active` })
      }
      found[kind] = item
    }
  }
  // an explicit null stays: whoever clears the product of a ticket with a module has to clear the module too
  const moduleId = subject.moduleId ?? (given.has('moduleId') ? null : found.question?.moduleId ?? null)
  const productId = subject.productId ??
    (given.has('productId') ? null : found.question?.productId ?? found.module?.productId ?? null)
  faults.push(...mismatches({ ...subject, moduleId, productId }, found, prefix))
  return { subject: { productId, moduleId, questionId: subject.questionId }, faults }
}

function mismatches (
  subject: TicketSubject,
  { module, question }: Partial<Record<CatalogueItem['kind'], CatalogueItem>>,
  prefix: string
): Fault[] {
  const faults: Fault[] = []
  if (module !== undefined && module.productId !== null && module.productId !== subject.productId) {
    faults.push({ pointer: `${prefix}/moduleId`, message: 'the module belongs to another product' })
  }
  if (question !== undefined && question.productId !== null && question.productId !== subject.productId) {
    faults.push({ pointer: `${prefix}/questionId`, message: 'the question belongs to another product' })
  } else if (question !== undefined && question.moduleId !== null && question.moduleId !== subject.moduleId) {
    faults.push({ pointer: `${prefix}/questionId`, message: 'the question belongs to another module' })
  }
  return faults
}
