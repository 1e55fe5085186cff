import type { Role, StaffStanding } from '@dueline/contracts'

/** What the escalation service knows of a person. */
export type Person = Readonly<StaffStanding>

/** The people of one tenant that a decision may look at. Ids are unique; the order does not matter. */
export class People {
  readonly byId: ReadonlyMap<string, Person>

  constructor (people: Iterable<Person>) {
    this.byId = new Map([...people].map((person) => [person.id, person]))
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
}
