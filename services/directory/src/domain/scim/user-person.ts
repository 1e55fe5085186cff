import { isZoneName } from '@dueline/business-time'
import { cleanLine, emailAddressFault, isUuid, languages, roles, type Language, type Role } from '@dueline/contracts'
import { isObject, type Resource } from './attributes.ts'
import { duelineUrn, enterpriseUrn } from './schemas.ts'
import { refused } from './scim-error.ts'

/** What a user says of a person; undefined: nothing, and the person stays as it is. */
export interface SaidOfPerson {
  /** The original name. */
  readonly name: string
  readonly screenName: string | undefined
  readonly email: string | null
  readonly phone: string | null
  readonly timeZone: string | null
  readonly managerId: string | null
  readonly active: boolean | undefined
  readonly languages: readonly Language[] | undefined
  readonly role: Role | undefined
  /** The key of a level, which the tenant may not have. */
  readonly level: string | null
  /** The name or id of a unit, which the tenant may not have. */
  readonly unit: string | null
}

/** The screen name of whom the directory gives none: customers never read an original name or an address instead. */
export const neutralNames: Readonly<Record<Language, string>> = { en: 'Our team', ar: 'فريق الدعم' }

/** A person as far as users show it. */
export interface ShownPerson {
  readonly id: string
  readonly name: string
  readonly screenName: string
  readonly email: string | null
  readonly phone: string | null
  readonly timeZone: string | null
  readonly managerId: string | null
  readonly active: boolean
  readonly languages: readonly Language[]
  readonly role: Role
  readonly level: string | null
  readonly unitId: string | null
  readonly externalId: string | null
}

function textIn (holder: unknown, name: string): string | undefined {
  const value = isObject(holder) ? holder[name] : undefined
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

/** Of several values the primary one, else the one for work, else the first. */
function firstOf (values: unknown): string | undefined {
  const list = Array.isArray(values) ? values.filter(isObject) : []
  const first = list.find(({ primary }) => primary === true) ?? list.find(({ type }) => type === 'work') ?? list[0]
  return textIn(first, 'value')
}

function nameOf (resource: Resource): string | undefined {
  const { name } = resource
  const parts = ['givenName', 'middleName', 'familyName'].flatMap((part) => textIn(name, part) ?? [])
  return textIn(name, 'formatted') ?? (parts.length === 0 ? undefined : parts.join(' '))
}

/** Languages that Dueline writes in, in the order given: `ar-SA` is Arabic. */
function languagesOf (resource: Resource): Language[] | undefined {
  const more = textIn(resource[duelineUrn], 'languages')?.split(/[,; ]+/) ?? []
  const said = [textIn(resource, 'preferredLanguage') ?? '', ...more].map((each) => each.slice(0, 2).toLowerCase())
  const known = [...new Set(said)].flatMap((each) => languages.find((language) => language === each) ?? [])
  return known.length === 0 ? undefined : known
}

/** What a user says of its person. @throws ScimError invalidValue for an address that is none */
export function saidOfPerson (resource: Resource): SaidOfPerson {
  const { [enterpriseUrn]: enterprise, [duelineUrn]: extension } = resource
  const screenName = textIn(resource, 'displayName')
  const name = nameOf(resource) ?? screenName ?? String(resource['userName'] ?? '')
  const email = firstOf(resource['emails']) ?? null
  const fault = email === null ? null : emailAddressFault(email)
  if (fault !== null) refused('invalidValue', `emails: ${fault}`)
  const zone = textIn(resource, 'timezone')
  const manager = textIn(isObject(enterprise) ? enterprise['manager'] : undefined, 'value')?.toLowerCase()
  if (manager !== undefined && !isUuid(manager)) refused('invalidValue', 'manager must be the id of a user')
  const phone = firstOf(resource['phoneNumbers'])
  const role = firstOf(resource['roles'])?.toLowerCase()
  return {
    name: cleanLine(name, 200),
    screenName: screenName === undefined ? undefined : cleanLine(screenName, 200),
    email,
    phone: phone === undefined ? null : cleanLine(phone, 50),
    timeZone: zone !== undefined && isZoneName(zone) ? zone : null,
    managerId: manager ?? null,
    active: resource['active'] as boolean | undefined,
    languages: languagesOf(resource),
    // who runs the service is no affair of a tenant's directory
    role: roles.find((each) => each === role && each !== 'operator'),
    level: textIn(extension, 'level') ?? null,
    unit: textIn(extension, 'unit') ?? textIn(enterprise, 'department') ?? null
  }
}

function withPart (resource: Resource, urn: string, name: string, value: unknown): Resource {
  const { [name]: _, ...rest } = (resource[urn] ?? {}) as Resource
  const next = value === undefined ? rest : { ...rest, [name]: value }
  const { [urn]: _before, ...others } = resource
  return Object.keys(next).length === 0 ? others : { ...others, [urn]: next }
}

/** By the department where that named the unit, so that another department still counts. */
function withUnit (user: Resource, id: string | null, name: string | null): Resource {
  const byDepartment = textIn(user[duelineUrn], 'unit') === undefined &&
    textIn(user[enterpriseUrn], 'department') !== undefined
  return byDepartment
    ? withPart(user, enterpriseUrn, 'department', name ?? undefined)
    : withPart(user, duelineUrn, 'unit', id ?? undefined)
}

/** One value of several, or none. */
const alone = (value: string | null) => value === null ? undefined : [{ value, type: 'work', primary: true }]

/**
 * The user that shows a person: as the directory has written it, and where the person was changed by others since, as
 * the person is. `written`: null for a person of whom no directory has written anything; `left`: how the directory left
 * the person, null where that is not known; `unitName`: of the person's unit.
 */
export function userOf (
  person: ShownPerson,
  written: Resource | null,
  { left = null, unitName = null }: { left?: Resource | null, unitName?: string | null } = {}
): Resource {
  const isChanged = (field: keyof ShownPerson): boolean =>
    left === null ? written === null : JSON.stringify(left[field]) !== JSON.stringify(person[field])
  const { id, email, externalId } = person
  const named = externalId === null ? {} : { externalId }
  const base = written ?? { userName: email ?? id, active: person.active, ...named }
  const said = saidOfPerson(base)
  const fields: Record<string, unknown> = { ...base }
  if (said.name !== person.name) fields['name'] = { formatted: person.name }
  const isNeutral = said.screenName === undefined && Object.values(neutralNames).includes(person.screenName)
  if (said.screenName !== person.screenName && !isNeutral) fields['displayName'] = person.screenName
  if (said.email !== email) fields['emails'] = alone(email)
  if (said.phone !== person.phone) fields['phoneNumbers'] = alone(person.phone)
  if (said.timeZone !== person.timeZone) fields['timezone'] = person.timeZone ?? undefined
  if (said.active !== undefined || isChanged('active')) fields['active'] = person.active
  const [language, ...others] = person.languages
  const isOther = String(said.languages) !== String(person.languages) &&
    (said.languages !== undefined || isChanged('languages'))
  if (isOther) fields['preferredLanguage'] = language
  if (said.role === undefined ? isChanged('role') : said.role !== person.role) {
    fields['roles'] = [{ value: person.role, primary: true }]
  }
  let user: Resource = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  if (isOther) {
    const several = others.length > 0 ? person.languages.join(', ') : undefined
    user = withPart(user, duelineUrn, 'languages', several)
  }
  if (said.managerId !== person.managerId) {
    const manager = person.managerId === null
      ? undefined
      : { value: person.managerId, $ref: `/scim/v2/Users/${person.managerId}` }
    user = withPart(user, enterpriseUrn, 'manager', manager)
  }
  if (isChanged('unitId')) user = withUnit(user, person.unitId, unitName)
  return isChanged('level') || (person.level !== null && said.level !== person.level)
    ? withPart(user, duelineUrn, 'level', person.level ?? undefined)
    : user
}
