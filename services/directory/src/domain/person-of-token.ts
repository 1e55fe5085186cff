import { isZoneName, type Micros } from '@dueline/business-time'
import { emailAddressFault, languages, type Language, type Role } from '@dueline/contracts'
import type { Caller } from '@dueline/http'
import { newPerson } from './new-person.ts'

const lineMax = 200

/** One clean line of a claim, or null: outside text is kept without control characters and halves of pairs. */
function lineOf (claim: unknown): string | null {
  if (typeof claim !== 'string') return null
  const line = claim.replace(/[\s\p{Cc}\p{Cs}]+/gu, ' ').trim()
  return line === '' ? null : [...line].slice(0, lineMax / 2).join('')
}

function emailOf ({ email, email_verified: isVerified }: Caller['claims']): string | null {
  // notifications go there: an address that somebody else may own must not get them; some write the text 'true'
  if (typeof email !== 'string' || (isVerified !== true && isVerified !== 'true')) return null
  return emailAddressFault(email) === null ? email : null
}

function languageOf ({ locale }: Caller['claims']): Language {
  const [language] = typeof locale === 'string' ? locale.toLowerCase().split(/[-_]/) : []
  return languages.find((known) => known === language) ?? 'en'
}

function nameOf (
  { name, given_name: given, family_name: family, nickname, preferred_username: user }: Caller['claims']
) {
  const both = [lineOf(given), lineOf(family)].filter((part) => part !== null).join(' ')
  // an address is nobody's name: screen names are shown to others
  const withoutDomain = lineOf(user)?.split('@', 1)[0] ?? null
  return lineOf(name) ?? lineOf(both) ?? lineOf(nickname) ?? lineOf(withoutDomain) ?? 'New customer'
}

/** The role that a new person has, or null where the issuer's tokens may not make one of all their roles. */
export function roleOfNew ({ roles, issuer: { person } }: Pick<Caller, 'roles' | 'issuer'>): Role | null {
  const allowed = person?.create ?? []
  return roles.every((role) => allowed.includes(role))
    ? roles.find((role) => role !== 'customer') ?? roles[0] ?? null
    : null
}

/** A person as a token describes it (claims `name`, `email`, `locale`, `zoneinfo`). */
export function personOfToken (caller: Caller, role: Role, id: string, now: Micros) {
  const { claims } = caller
  const name = nameOf(claims)
  const zone = claims['zoneinfo']
  return newPerson({
    id,
    role,
    name,
    screenName: name,
    email: emailOf(claims),
    languages: [languageOf(claims)],
    timeZone: typeof zone === 'string' && isZoneName(zone) ? zone : null
  }, now)
}
