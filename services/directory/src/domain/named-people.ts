import type { PeopleNamed } from '@dueline/contracts'

/** Somebody whom an import names. */
export type NamedPerson = PeopleNamed['people'][number]
/** What an import may change of a person. */
interface Known {
  readonly id: string
  readonly role: string
  readonly name: string
  readonly screenName: string
}

/**
 * One mention for each person, in the order of their ids: an agent if any is, with the first name that was given. In
 * one order for all writers two of them do not wait for each other.
 */
export function gathered (mentions: readonly NamedPerson[]): NamedPerson[] {
  const named = new Map<string, NamedPerson>()
  for (const mention of mentions) {
    const before = named.get(mention.id) ?? mention
    named.set(mention.id, {
      ...mention,
      name: before.name ?? mention.name,
      role: before.role === 'agent' ? 'agent' : mention.role
    })
  }
  return [...named.values()].sort((a, b) => a.id < b.id ? -1 : 1)
}

/** What a mention changes of a person whom an import has added before; null: nothing. */
export function changeOf<P extends Known> (
  person: P,
  { externalId, name, role }: NamedPerson
): { role: P['role'], name: string, screenName: string } | null {
  const isNameless = person.name === externalId && person.screenName === externalId
  const names = isNameless && name !== null
    ? { name, screenName: name }
    : { name: person.name, screenName: person.screenName }
  const next = { role: person.role === 'customer' ? role : person.role, ...names }
  return next.role === person.role && next.name === person.name ? null : next
}
