import type { Micros } from '@dueline/business-time'
import {
  defaultLevels,
  effectiveAvailability,
  substituteOf,
  type AvailabilityFacts,
  type EffectiveAvailability,
  type HierarchyLevel,
  type PersonSnapshot,
  type Role,
  type StaffStanding
} from '@dueline/contracts'

/** What the escalation service knows of a person. */
export type Person = Readonly<StaffStanding & Pick<PersonSnapshot, 'level'>>

/** What was said of somebody's being there: by hand, and by planned absences. */
export type Presence = Omit<AvailabilityFacts, 'active'>

/** How a tenant is organized, and who is there, at one instant. */
export interface Organization {
  /** From the lowest to the highest. */
  readonly levels: readonly HierarchyLevel[]
  /** Of whom nothing is said is there. */
  readonly presence: ReadonlyMap<string, Presence>
  readonly at: Micros
}

const undescribed: Organization = { levels: defaultLevels, presence: new Map(), at: 0 }
const nothingSaid: Presence = { state: null, until: null, absences: [] }

/** The people of one tenant that a decision may look at. Ids are unique; the order does not matter. */
export class People {
  readonly byId: ReadonlyMap<string, Person>
  readonly #organization: Organization

  constructor (people: Iterable<Person>, organization: Organization = undescribed) {
    this.byId = new Map([...people].map((person) => [person.id, person]))
    this.#organization = organization
  }

  get levels (): readonly HierarchyLevel[] {
    return this.#organization.levels
  }

  /** The active person of that id. */
  active (id: string): Person | undefined {
    const person = this.byId.get(id)
    return person?.active === true && person.role !== 'customer' ? person : undefined
  }

  /** All active people of a role, by id. */
  inRole (role: Role): Person[] {
    return [...this.byId.values()].filter((person) => person.active && person.role === role).sort((a, b) =>
      a.id < b.id ? -1 : 1
    )
  }

  /**
   * The person, where it is there: active, not away and not off. What its calendar says does not count: escalations
   * climb in plain time.
   */
  present (id: string): Person | undefined {
    const state = this.#availabilityOf(id)?.state
    return state === 'away' || state === 'off' ? undefined : this.active(id)
  }

  /** Who stands in for somebody planned to be absent, where that person is there. */
  substituteFor (id: string): Person | undefined {
    const substituteId = substituteOf(id, (each) => this.#availabilityOf(each))
    return substituteId === null ? undefined : this.present(substituteId)
  }

  /**
   * The managers above a person, nearest first, active or not; a reporting line that runs in a circle ends where it
   * closes.
   */
  lineAbove (id: string): Person[] {
    const line: Person[] = []
    const seen = new Set([id])
    let next = this.byId.get(id)?.managerId ?? null
    while (next !== null && !seen.has(next)) {
      seen.add(next)
      const person = this.byId.get(next)
      if (person === undefined) break
      line.push(person)
      next = person.managerId
    }
    return line
  }

  #availabilityOf (id: string): EffectiveAvailability | undefined {
    const person = this.byId.get(id)
    if (person === undefined) return undefined
    const { presence, at } = this.#organization
    return effectiveAvailability({ active: person.active, ...presence.get(id) ?? nothingSaid }, at, null)
  }
}
