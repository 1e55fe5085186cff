import { aboveLevel } from '@dueline/contracts'
import type { People, Person } from './people.ts'

/** Who answers at the next level up, and how that was found. */
export interface LevelUp {
  readonly person: Person
  readonly because: string
}

/**
 * Who answers at the next level up from `from`: the nearest up the reporting line at a higher level of the tenant's
 * hierarchy. Who is absent or has left is stood in for by the substitute of the absence, else by the next above.
 * Undefined when nobody above is there.
 */
export function levelUp (from: Person, people: People): LevelUp | undefined {
  const line = people.lineAbove(from.id).filter(({ role }) => role !== 'customer')
  const passedOver: string[] = []
  for (const superior of aboveLevel(line, from.level, people.levels)) {
    const name = nameOf(superior, people)
    if (people.present(superior.id) !== undefined) {
      return { person: superior, because: [`the next level up: ${name}`, ...passedOver].join('; ') }
    }
    const state = superior.active ? 'absent' : 'not active'
    const substitute = people.substituteFor(superior.id)
    if (substitute !== undefined && substitute.id !== from.id) {
      const because = [`stands in at the next level up for ${name}, who is ${state}`, ...passedOver].join('; ')
      return { person: substitute, because }
    }
    passedOver.push(`${name} is ${state} without a substitute`)
  }
  return undefined
}

/** What the tenant calls the level of a person, or else the role. */
function nameOf ({ level, role }: Person, { levels }: People): string {
  return levels.find(({ key }) => key === level)?.name ?? role
}
