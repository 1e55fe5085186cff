import { rolesInCharge, type InCharge, type Role } from '@dueline/contracts'
import type { Person, People } from './people.ts'
import { levelUp } from './next-level-up.ts'
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

/** Whose ticket it is: an assignee, or whoever is in charge as there is none. */
export type Holder =
  | { readonly assigneeId: string }
  | { readonly assigneeId: null, readonly inCharge: InCharge }

const inChargeAs: Record<Exclude<InCharge['rule'], null>, string> = {
  team_lead: "the lead of the ticket's team",
  responsible: 'responsible for its product or module',
  manager: 'every manager of the tenant',
  chief_or_admin: 'every chief and admin of the tenant'
}

function inChargeFor ({ personIds, rule }: InCharge): NamedTarget[] {
  return rule === null
    ? []
    : personIds.map((personId) => ({ personId, because: `no assignee: ${inChargeAs[rule]}` }))
}

/**
 * The line that a ticket without an assignee is escalated along: the first in charge and those above; null when it is
 * in the charge of a role, which has no line.
 */
function lineInCharge ({ personIds: [first], rule }: InCharge, people: People): readonly Person[] | null {
  const person = first === undefined ? undefined : people.active(first)
  const isNamed = rule === 'team_lead' || rule === 'responsible'
  return person === undefined || !isNamed ? null : [person, ...people.lineAbove(person.id)]
}

/** A target that is found along a line. */
type LineTarget = Exclude<Target, { readonly personId: string }>

function atNextLevelUp (from: Person, people: People, prefix = ''): NamedTarget[] {
  const found = levelUp(from, people)
  return found === undefined ? [] : everyone([found.person], prefix + found.because)
}

/** Who a target names of a ticket without an assignee. Who is in charge stands where the assignee would. */
function resolveUnassigned (target: LineTarget, inCharge: InCharge, people: People): NamedTarget[] {
  if ('assignee' in target) return inChargeFor(inCharge)
  const line = lineInCharge(inCharge, people)
  if (line === null) {
    const role = roleWithoutLine(target)
    return everyone(people.inRole(role), `no assignee: every ${role} of the tenant`)
  }
  if ('nextLevelUp' in target) return atNextLevelUp(line[0]!, people, 'no assignee: ')
  if ('stepsUp' in target) {
    const person = climb(line, target.stepsUp, () => true)
    return person === undefined ? [] : everyone([person], `no assignee: ${target.stepsUp} up from who is in charge`)
  }
  const person = climb(line, 0, (above) => holds(above, target.role))
  return person === undefined ? [] : everyone([person], `no assignee: ${target.role} in the line of who is in charge`)
}

/** Whom a target means where a role is in charge, which has no line. */
function roleWithoutLine (target: Exclude<LineTarget, { readonly assignee: true }>): Role {
  if ('role' in target) return target.role
  return 'nextLevelUp' in target || target.stepsUp === 1 ? 'manager' : 'ceo'
}

/** Who a target names; empty when nobody does. */
function resolve (target: Target, holder: Holder, people: People): NamedTarget[] {
  const { assigneeId } = holder
  if ('personId' in target) {
    const person = people.active(target.personId)
    if (person !== undefined) return everyone([person], 'named by the level')
    const above = climb(people.lineAbove(target.personId), 0, () => true)
    return above === undefined ? [] : everyone([above], 'next available above the named person')
  }
  if ('role' in target && target.via === 'tenant') {
    return everyone(people.inRole(target.role), `${target.role} of the tenant`)
  }
  if (assigneeId === null) return resolveUnassigned(target, holder.inCharge, people)
  if ('assignee' in target) {
    const person = people.active(assigneeId)
    return person === undefined ? [] : everyone([person], 'the assignee')
  }
  if ('nextLevelUp' in target) {
    const assignee = people.byId.get(assigneeId)
    return assignee === undefined ? [] : atNextLevelUp(assignee, people)
  }
  const line = people.lineAbove(assigneeId)
  if ('stepsUp' in target) {
    const person = climb(line, target.stepsUp - 1, () => true)
    return person === undefined ? [] : everyone([person], `${target.stepsUp} up the reporting line`)
  }
  const person = climb(line, 0, (above) => holds(above, target.role))
  return person === undefined ? [] : everyone([person], `${target.role} in the reporting line`)
}

/** Who stands in when nobody is found, or nobody has the ticket: all who hold these roles have to be known. */
export const standIns: readonly Role[] = rolesInCharge

/**
 * Who hears when nobody is found. A level for the assignee or an agent goes to the nearest above, else the tenant's
 * managers, else its ceo; any other level to the ceo, else the top of the line, else the managers.
 */
function fallback (wanted: readonly Target[], { assigneeId }: Holder, people: People): NamedTarget[] {
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
export function resolveTargets (wanted: readonly Target[], holder: Holder, people: People): Resolution {
  const strict = wanted.flatMap((target) => resolve(target, holder, people))
  const found = strict.length > 0 ? strict : fallback(wanted, holder, people)
  const targets = found.filter(({ personId }, i) => found.findIndex((other) => other.personId === personId) === i)
    .slice(0, targetsMax)
  return { targets, reason: reasonOf(wanted, holder, strict, targets) }
}

function reasonOf (
  wanted: readonly Target[],
  { assigneeId }: Holder,
  strict: readonly NamedTarget[],
  targets: readonly NamedTarget[]
): string | null {
  if (targets.length === 0) {
    return 'nobody_found: no active person fits the targets, and there is no manager or ceo above'
  }
  if (strict.length === 0) return 'climbed: no active person fits the targets'
  const standsIn = assigneeId === null && wanted.some((target) => 'assignee' in target)
  return standsIn ? 'no_assignee: who is in charge stands in for the assignee' : null
}
