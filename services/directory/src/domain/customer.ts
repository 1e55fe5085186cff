import type { Language } from '@dueline/contracts'

/** What callers say of a company. */
export interface CustomerDraft {
  readonly name: string
  /** The company that it belongs to. */
  readonly parentId: string | null
  /** Its people, who are customers in their role. */
  readonly contactIds: string[]
  /** What the tenant calls its contract: gold, basic. */
  readonly contractTier: string | null
  /** The products for which it is entitled to support. */
  readonly productIds: string[]
  readonly language: Language
  /** When it works. */
  readonly calendarId: string | null
  readonly active: boolean
}

/** A company of which nothing is said. */
export const emptyCustomer: CustomerDraft = {
  name: '',
  parentId: null,
  contactIds: [],
  contractTier: null,
  productIds: [],
  language: 'en',
  calendarId: null,
  active: true
}
