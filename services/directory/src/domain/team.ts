/** What callers say of a team. */
export interface TeamDraft {
  readonly name: string
  /** Who answers for it; need not be one of its members. */
  readonly leadId: string | null
  readonly memberIds: string[]
  /** When it works; null: no one said. */
  readonly calendarId: string | null
  /** What it covers. */
  readonly productIds: string[]
  readonly moduleIds: string[]
  readonly active: boolean
}

/** A team of which nothing is said. */
export const emptyTeam: TeamDraft = {
  name: '',
  leadId: null,
  memberIds: [],
  calendarId: null,
  productIds: [],
  moduleIds: [],
  active: true
}
