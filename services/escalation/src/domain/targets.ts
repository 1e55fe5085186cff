import type { Role } from '@dueline/contracts'
import type { Person, People } from './people.ts'
import type { Target } from './escalation-policy.ts'

/** A person that a level addresses, and the rule that named them. */
export interface NamedTarget {
  readonly personId: string
  readonly because: string
}

/** Whom a level addresses; `reason` says why there is nobody, or why somebody else than asked for. */
export interface Resolution {
  readonly targets: readonly NamedTarget[]
  readonly reason: string | null
}

/** No level addresses more people than this: a role may be held by hundreds. */
export const targetsMax = 50

const rank: Partial<Record<Role, number>> = { agent: 1, manager: 2, ceo: 3 }

function holds (person: Person, role: Role): boolean {
  const wanted = rank[role]
  return wanted === undefined ? person.role === role : (rank[person.role] ?? 0) >= wanted
}

function everyone (people: readonly Person[], because: string): NamedTarget[] {
  return people.map(({ id }) => ({ personId: id, because }))
}

/** The first active person in the line from `from` steps up that `wanted` accepts. */
function climb (line: readonly Person[], from: number, wanted: (person: Person) => boolean): Person | undefined {
  return line.slice(from).find((person) => person.active && person.role !== 'customer' && wanted(person))
}

/** Who a target names; empty when nobody does. Without an assignee a role in the line means everyone in that role. */
function resolve (target: Target, assigneeId: string | null, people: People): NamedTarget[] {
  if ('assignee' in target) {
    const person = assigneeId === null ? undefined : people.active(assigneeId)
    return person === undefined ? [] : everyone([person], 'the assignee')
  }
  if ('personId' in target) {
    const person = people.active(target.personId)
    if (person !== undefined) return everyone([person], 'named by the level')
    const above = climb(people.lineAbove(target.personId), 0, () => true)
    return above === undefined ? [] : everyone([above], 'next available above the named person')
  }
  if ('stepsUp' in target) {
    if (assigneeId === null) {
      return everyone(
        people.inRole(target.stepsUp === 1 ? 'manager' : 'ceo'),
        `no assignee: every ${target.stepsUp === 1 ? 'manager' : 'ceo'} of the tenant`
      )
    }
    const person = climb(people.lineAbove(assigneeId), target.stepsUp - 1, () => true)
    return person === undefined ? [] : everyone([person], `${target.stepsUp} up the reporting line`)
  }
  if (target.via === 'tenant') return everyone(people.inRole(target.role), `${target.role} of the tenant`)
  if (assigneeId === null) {
    return everyone(people.inRole(target.role), `no assignee: every ${target.role} of the tenant`)
  }
  const person = climb(people.lineAbove(assigneeId), 0, (above) => holds(above, target.role))
  return person === undefined ? [] : everyone([person], `${target.role} in the reporting line`)
}

/** Who stands in when nobody is found: all who hold these roles have to be known. */
export const standIns: readonly Role[] = ['manager', 'ceo']

/**
 * Who hears when nobody is found. A level for the assignee or an agent goes to the nearest above, else the tenant's
 * managers, else its ceo; any other level to the ceo, else the top of the line, else the managers.
 */
function fallback (wanted: readonly Target[], assigneeId: string | null, people: People): NamedTarget[] {
  const line = (assigneeId === null ? [] : people.lineAbove(assigneeId)).filter(({ id }) =>
    people.active(id) !== undefined
  )
  const low = wanted.every((target) => 'assignee' in target || ('role' in target && target.role === 'agent'))
  const managers = people.inRole('manager').filter(({ id }) => id !== assigneeId)
  const candidates = low
    ? [line.slice(0, 1), managers, people.inRole('ceo')]
    : [people.inRole('ceo'), line.slice(-1), managers]
  return everyone(candidates.find((found) => found.length > 0) ?? [], 'next available above')
}

/**
 * The people a level addresses, in the order of its targets, each once, at most `targetsMax`. Inactive people are
 * passed over. When no target names anybody the next available above is taken, so that someone hears.
 */
export function resolveTargets (wanted: readonly Target[], assigneeId: string | null, people: People): Resolution {
  const strict = wanted.flatMap((target) => resolve(target, assigneeId, people))
  const found = strict.length > 0 ? strict : fallback(wanted, assigneeId, people)
  const targets = found.filter(({ personId }, i) => found.findIndex((other) => other.personId === personId) === i)
    .slice(0, targetsMax)
  const reason = targets.length === 0
    ? 'nobody_found: no active person fits the targets, and there is no manager or ceo above'
    : strict.length === 0
    ? 'climbed: no active person fits the targets'
    : null
  return { targets, reason }
}
