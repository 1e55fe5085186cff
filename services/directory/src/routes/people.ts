import { formatInstant } from '@dueline/business-time'
import {
  EmailAddress,
  Instant,
  LanguageSchema,
  nullable,
  OneLine,
  RoleSchema,
  TimeZone,
  Uuid
} from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { languageOf } from '../domain/person-event.ts'
import type { Identity } from '../store/identity-store.ts'
import type { Person } from '../store/person-store.ts'
import type { Mention } from '../upstreams/references.ts'
import { LevelKey } from './levels.ts'
import { Stamps } from './route-deps.ts'

const languages = Type.Array(LanguageSchema, {
  minItems: 1,
  maxItems: 10,
  uniqueItems: true,
  description: 'In the order of preference; the first is `language`'
})

const standing = {
  managerId: nullable({ ...Uuid, description: 'To whom the person reports, of the staff: escalations go there next' }),
  level: nullable({
    ...LevelKey,
    description: 'The key of a level of the tenant that stands for the role of the person'
  }),
  unitId: nullable({ ...Uuid, description: 'The unit to which the person belongs' })
}

/** A person on the wire. */
export const PersonSchema = Type.Object({
  id: Uuid,
  role: RoleSchema,
  name: Type.String({ description: 'The original name, which customers do not see' }),
  screenName: Type.String(),
  email: nullable(Type.String({ format: 'idn-email' })),
  phone: nullable(Type.String()),
  language: LanguageSchema,
  languages,
  timeZone: nullable(Type.String({
    description: 'IANA zone in which they read times; null: that of the calendar, or UTC'
  })),
  calendarId: nullable({ ...Uuid, description: 'When the person works; null: nobody said' }),
  ...standing,
  active: Type.Boolean(),
  externalId: nullable(Type.String()),
  ...Stamps
}, { title: 'Person', description: 'Somebody whom the tenant knows: staff or customer' })

/** What callers may say of a person, by field. */
export const personFields = {
  role: RoleSchema,
  name: OneLine(200, 'the original name, which customers do not see'),
  screenName: OneLine(200, 'what customers see'),
  email: nullable(EmailAddress),
  phone: nullable(OneLine(50, 'a phone number as you write it')),
  language: LanguageSchema,
  languages,
  timeZone: nullable(TimeZone),
  calendarId: nullable({ ...Uuid, description: 'When the person works' }),
  ...standing,
  active: Type.Boolean()
}
const { role, name, ...optional } = personFields

/** A person to be added. `id`: the issuer's subject for this person, when it is a UUID. */
export const NewPerson = Type.Object({
  id: Type.Optional(Uuid),
  role,
  name,
  ...Type.Partial(Type.Object(optional)).properties,
  externalId: Type.Optional(nullable(OneLine(200, 'the id under which imports name this person')))
}, { title: 'NewPerson', description: 'A person to be added' })

/** Fields of a person to be changed. */
export const PersonPatch = Type.Partial(Type.Object(personFields), {
  title: 'PersonPatch',
  description: 'What is to change of a person',
  minProperties: 1
})
export type PersonPatch = Static<typeof PersonPatch>

/** What a person names that other services own, where it is new. */
export function mentionsOf (
  { calendarId = null }: Pick<PersonPatch, 'calendarId'>,
  before: Pick<Person, 'calendarId'> | null
): Mention[] {
  const isNew = calendarId !== null && calendarId !== before?.calendarId
  return isNew ? [{ pointer: '/calendarId', kind: 'calendar', id: calendarId }] : []
}

/** A person on the wire. `masked`: only what customers may know of staff. */
export function personView (
  { imported: _, ...person }: Person,
  masked = false
): Static<typeof PersonSchema> {
  const hidden = masked
    ? {
      name: person.screenName,
      email: null,
      phone: null,
      timeZone: null,
      calendarId: null,
      ...{ managerId: null, level: null, unitId: null },
      externalId: null
    }
    : {}
  return {
    ...person,
    ...hidden,
    language: languageOf(person),
    createdAt: formatInstant(person.createdAt),
    updatedAt: formatInstant(person.updatedAt)
  }
}

/** What a token issuer calls a person, on the wire. */
export const IdentitySchema = Type.Object({
  id: Uuid,
  personId: Uuid,
  issuer: Type.String({ description: '`iss` of the tokens' }),
  subject: Type.String(),
  createdBy: nullable(Type.String({ description: 'The caller who linked it; null: made with the person, by a token' })),
  createdAt: Instant
}, { title: 'PersonIdentity', description: 'What a token issuer calls a person' })

export function identityView (identity: Identity): Static<typeof IdentitySchema> {
  return { ...identity, createdAt: formatInstant(identity.createdAt) }
}
