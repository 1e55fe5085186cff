/** What callers say of a unit. */
export interface UnitDraft {
  readonly name: string
  /** What the tenant calls such a unit: site, department, ward. */
  readonly kind: string | null
  /** The unit that it is a part of; null: it is at the top. */
  readonly parentId: string | null
  /** Who answers for it. */
  readonly headId: string | null
  readonly active: boolean
}

/** A unit of which nothing is said. */
export const emptyUnit: UnitDraft = { name: '', kind: null, parentId: null, headId: null, active: true }
