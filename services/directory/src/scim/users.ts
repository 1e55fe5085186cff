import { isUuid } from '@dueline/contracts'
import { idOfExternal } from '@dueline/service'
import { afterCommit, isUniqueViolation, type Read, type TenantTx } from '@dueline/postgres'
import { and, eq, sql } from 'drizzle-orm'
import { levelFault } from '../domain/levels.ts'
import { newPerson } from '../domain/new-person.ts'
import { personEvent } from '../domain/person-event.ts'
import type { Resource } from '../domain/scim/attributes.ts'
import { groupType, userType } from '../domain/scim/schemas.ts'
import { refused, ScimError } from '../domain/scim/scim-error.ts'
import { neutralNames, saidOfPerson, userOf, type SaidOfPerson } from '../domain/scim/user-person.ts'
import { standingFaults, nowhere } from '../routes/check-standing.ts'
import type { RouteDeps } from '../routes/route-deps.ts'
import { readLevels } from '../store/level-store.ts'
import { changeTime, insertPerson, lockPerson, updatePerson, type Person } from '../store/person-store.ts'
import {
  countUsers,
  findDeletedUser,
  findHidden,
  isNameTaken,
  saveWritten,
  selectUsers,
  type User,
  type Written
} from '../store/scim-user-store.ts'
import { team, unit } from '../store/tables.ts'
import { locationOf, type Kind, type Stored } from './kind.ts'

function storedOf ({ person, written, unitName }: User): Stored {
  return {
    id: person.id,
    resource: userOf(person, written?.attributes ?? null, { left: written?.leftAs ?? null, unitName }),
    version: `${person.version}.${written?.version ?? 0}`,
    createdAt: person.createdAt,
    updatedAt: person.updatedAt
  }
}

/** The unit of this id or name; null where there is none, or several have the name. */
async function unitOf (tx: TenantTx, name: string | null): Promise<string | null> {
  if (name === null) return null
  const wanted = isUuid(name) ? eq(unit.id, name) : sql`lower(${unit.name}) = lower(${name})`
  const rows = await tx.select({ id: unit.id }).from(unit)
    .where(and(eq(unit.tenantId, tx.tenantId), eq(unit.active, true), wanted)).limit(2)
  return rows.length === 1 ? rows[0]!.id : null
}

/** What differs between what was said before and what is said now is changed; all else of the person stays. */
async function personAfter (
  tx: TenantTx,
  before: Person,
  was: SaidOfPerson | null,
  said: SaidOfPerson
): Promise<Person> {
  const changed = <Field extends keyof SaidOfPerson>(field: Field): boolean =>
    was === null || JSON.stringify(was[field]) !== JSON.stringify(said[field])
  const { levels } = await readLevels(tx, tx.tenantId)
  const level = levels.find(({ key, name }) => key === said.level || name === said.level)
  const role = changed('role') || changed('level') ? said.role ?? level?.role ?? 'agent' : before.role
  const isLevel = level !== undefined && levelFault(levels, level.key, role) === null
  const spoken = said.languages !== undefined && changed('languages') ? [...said.languages] : before.languages
  // who comes back has the screen name of before
  const other = was === null && before.screenName !== '' ? before.screenName : neutralNames[spoken[0] ?? 'en']
  return {
    ...before,
    role,
    name: changed('name') ? said.name : before.name,
    screenName: changed('screenName') ? said.screenName ?? other : before.screenName,
    email: changed('email') ? said.email : before.email,
    phone: changed('phone') ? said.phone : before.phone,
    timeZone: changed('timeZone') ? said.timeZone : before.timeZone,
    managerId: changed('managerId') ? said.managerId : before.managerId,
    languages: spoken,
    active: said.active ?? before.active,
    level: changed('level') ? isLevel ? level.key : null : before.level,
    unitId: changed('unit') ? await unitOf(tx, said.unit) : before.unitId
  }
}

async function checkStanding (tx: TenantTx, next: Person, before: Parameters<typeof standingFaults>[2]): Promise<void> {
  const [fault] = await standingFaults(tx, next, before)
  if (fault !== undefined) refused('invalidValue', `${fault.pointer.slice(1)} ${fault.message}`)
}

/** @throws ScimError uniqueness for a name or an external id that another user has */
async function unique<T> (writing: Promise<T>): Promise<T> {
  return await writing.catch((error: unknown) => {
    if (isUniqueViolation(error, 'scim_user_name')) {
      throw new ScimError(409, 'uniqueness', 'another user has this userName')
    }
    const taken = ['scim_user_external_id', 'person_external_id', 'person_pkey'].some((index) =>
      isUniqueViolation(error, index)
    )
    if (!taken) throw error
    throw new ScimError(409, 'uniqueness', 'another user has this externalId')
  })
}

/** `userName`: by which it is found, where that is not the one of the resource. */
function writtenOf (
  { id: personId, role, level, unitId, languages, active }: Person,
  resource: Resource,
  { version, deleted = false, userName = resource['userName'] as string }: {
    version: number,
    deleted?: boolean,
    userName?: string | undefined
  }
): Written {
  return {
    personId,
    userName,
    externalId: (resource['externalId'] ?? null) as string | null,
    attributes: resource,
    leftAs: { role, level, unitId, languages, active },
    deleted,
    version
  }
}

/** What the API has of users besides: to which groups they belong. */
async function groupsOf (read: Read, tenantId: string, id: string): Promise<Resource[]> {
  const rows = await read.select({ id: team.id, name: team.name }).from(team)
    .where(and(eq(team.tenantId, tenantId), sql`${id}::uuid = any(${team.memberIds})`)).limit(200)
  return rows.map((row) => ({ value: row.id, $ref: locationOf(groupType, row.id), display: row.name }))
}

async function announce ({ ids, outbox, people }: RouteDeps, tx: TenantTx, person: Person): Promise<void> {
  await outbox.add(tx, [personEvent(person, { id: ids.next(), tenantId: tx.tenantId })])
  afterCommit(tx, () => people.changed())
}

/** A person of whom nothing is said. */
function blankPerson ({ ids, clock }: RouteDeps, externalId: string | null, tenantId: string): Person {
  const id = externalId === null ? ids.next() : idOfExternal(tenantId, externalId)
  return newPerson({ id, role: 'agent', name: '', screenName: '', externalId }, clock.now())
}

async function change (deps: RouteDeps, tx: TenantTx, before: Person, next: Person): Promise<Person> {
  const person = {
    ...next,
    imported: false,
    version: before.version + 1,
    updatedAt: changeTime(before, deps.clock.now())
  }
  await checkStanding(tx, person, before)
  await updatePerson(tx, tx.tenantId, person)
  await announce(deps, tx, person)
  return person
}

async function insertUser (deps: RouteDeps, tx: TenantTx, sent: Resource): Promise<Stored> {
  const resource: Resource = { active: true, ...sent }
  const [userName, externalId] = [sent['userName'] as string, (sent['externalId'] ?? null) as string | null]
  const [known] = await selectUsers(tx, tx.tenantId, { equal: { userName }, limit: 1 })
  if (known !== undefined) throw new ScimError(409, 'uniqueness', 'another user has this userName')
  const said = saidOfPerson(resource)
  const returning = await findDeletedUser(tx, { userName, externalId })
  const before = returning === undefined ? null : await lockPerson(tx, tx.tenantId, returning)
  await checkExternalId(tx, externalId, before?.id)
  const next = await personAfter(tx, before ?? blankPerson(deps, externalId, tx.tenantId), null, said)
  let person = { ...next, externalId }
  if (before !== null) person = { ...await unique(change(deps, tx, before, person)), externalId }
  else {
    await checkStanding(tx, person, nowhere)
    await unique(insertPerson(tx, tx.tenantId, person))
    await announce(deps, tx, person)
  }
  const written = writtenOf(person, resource, { version: person.version })
  await unique(saveWritten(tx, written))
  return storedOf({ person, written, unitName: null })
}

/** @throws ScimError uniqueness that says which person, whom SCIM does not show, has it, and what helps */
async function checkExternalId (tx: TenantTx, externalId: string | null, own: string | undefined): Promise<void> {
  const hidden = externalId === null ? undefined : await findHidden(tx, externalId)
  if (hidden === undefined || hidden.id === own) return
  const { id, isDeleted } = hidden
  const detail = isDeleted
    ? `person ${id}, who was deleted here, has this externalId: POST brings the person back`
    : `customer ${id} has this externalId: make the customer one of the staff by PATCH /v1/people/${id} ` +
      '(the role), and it is a user, or choose another externalId'
  throw new ScimError(409, 'uniqueness', detail)
}

/**
 * By what name a changed user is found. Of two people with one address that no directory wrote, the second one is
 * found by its id: what else is changed of it is no matter of its name.
 */
async function nameOf (
  tx: TenantTx,
  { person, written }: User,
  { userName: before }: Resource,
  { userName }: Resource
): Promise<string | undefined> {
  if (userName !== before) return undefined
  if (written !== null) return written.userName
  return await isNameTaken(tx, userName as string, person.id) ? person.id : undefined
}

async function updateUser (deps: RouteDeps, tx: TenantTx, before: Stored, resource: Resource): Promise<Stored> {
  const [user] = await selectUsers(tx, tx.tenantId, { equal: { id: before.id }, limit: 1 })
  const externalId = (resource['externalId'] ?? null) as string | null
  if (externalId !== user!.person.externalId) await checkExternalId(tx, externalId, before.id)
  const was = saidOfPerson(before.resource)
  const next = await personAfter(tx, { ...user!.person, externalId }, was, saidOfPerson(resource))
  const person = await unique(change(deps, tx, user!.person, next))
  const userName = await nameOf(tx, user!, before.resource, resource)
  const written = writtenOf(person, resource, { version: (user!.written?.version ?? 0) + 1, userName })
  await unique(saveWritten(tx, written))
  return storedOf({ person, written, unitName: null })
}

async function removeUser (deps: RouteDeps, tx: TenantTx, { id, resource }: Stored): Promise<void> {
  const [user] = await selectUsers(tx, tx.tenantId, { equal: { id }, limit: 1 })
  const { person, written } = user!
  const left = { ...person, active: false }
  if (person.active) await change(deps, tx, person, left)
  await saveWritten(tx, writtenOf(left, resource, { version: (written?.version ?? 0) + 1, deleted: true }))
}

/** Users are people: those that a directory has written, and of the others the staff. */
export function userKind (deps: RouteDeps): Kind {
  return {
    type: userType,
    indexed: ['id', 'externalId', 'userName', 'displayName', 'active'],
    async find (read, tenantId, id, { lock = false } = {}) {
      const [user] = await selectUsers(read, tenantId, { equal: { id }, limit: 1, lock })
      if (user === undefined) return undefined
      const stored = storedOf(user)
      const groups = lock ? [] : await groupsOf(read, tenantId, id)
      return groups.length === 0 ? stored : { ...stored, resource: { ...stored.resource, groups } }
    },
    select: async (read, tenantId, selection) => (await selectUsers(read, tenantId, selection)).map(storedOf),
    count: countUsers,
    isKeeping: true,
    insert: async (tx, resource) => await insertUser(deps, tx, resource),
    update: async (tx, before, resource) => await updateUser(deps, tx, before, resource),
    remove: async (tx, before) => await removeUser(deps, tx, before)
  }
}
