import fc from 'fast-check'
import t from 'tap'
import type { Resource } from '../../src/domain/scim/attributes.ts'
import { parseFilter } from '../../src/domain/scim/filter.ts'
import { matches } from '../../src/domain/scim/matches.ts'
import { userType } from '../../src/domain/scim/schemas.ts'
import { ScimError } from '../../src/domain/scim/scim-error.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const ann: Resource = {
  id: '01900000-0000-7000-8000-00000000000A',
  userName: 'Ann@Acme.example',
  active: true,
  name: { familyName: 'Öz "the printer"' },
  emails: [{ type: 'work', value: 'b@example.org' }, { type: 'home', value: 'c@example.org' }],
  [enterprise]: { department: 'Support', manager: { value: 'M' } },
  meta: { lastModified: '2026-01-01T02:00:00+03:00' }
}
const fits = (text: string, resource = ann): boolean => matches(parseFilter(userType, text), resource)

/** The scimType that refuses a filter. */
function refusalOf (text: string): string | undefined {
  try {
    parseFilter(userType, text)
  } catch (error) {
    if (error instanceof ScimError) return error.scimType
    throw error
  }
}

t.test('what fits a filter', async (t) => {
  const fitting = [
    'userName eq "ann@acme.EXAMPLE"',
    'USERNAME EQ "ann@acme.example"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ann"',
    'userName co "acme" and userName ew ".example"',
    'active eq true',
    'active eq "True"',
    'active ne false',
    'not (active eq false)',
    'name.familyName eq "\\u00d6z \\"the printer\\""',
    'name pr',
    'emails eq "c@example.org"',
    'emails.type eq "home"',
    'emails[type eq "work" and value eq "b@example.org"]',
    'emails[type eq "work"].value eq "b@example.org"',
    `${enterprise}:department eq "support"`,
    `${enterprise.toUpperCase()}:MANAGER.value eq "M"`,
    'meta.lastModified gt "2025-12-31T22:59:59Z"',
    'meta.lastModified eq "2025-12-31T23:00:00.000Z"',
    'nickName eq null',
    'nickName ne "x"',
    'userName eq "x" or active eq true and emails pr',
    '(userName eq "x" or active eq true) and emails pr'
  ]
  for (const text of fitting) t.equal(fits(text), true, text)
  const others = [
    'id eq "01900000-0000-7000-8000-00000000000a"',
    'emails[type eq "work" and value eq "c@example.org"]',
    'emails[type eq "work"].value eq "c@example.org"',
    'emails[not (type eq "work" or type eq "home")]',
    'meta.lastModified gt "2025-12-31T23:30:00Z"',
    `${enterprise}:manager.value eq "n"`,
    'nickName pr',
    'nickName eq "x"',
    'userName eq "x" and (active eq true or emails pr)',
    'not (active eq true and emails pr)'
  ]
  for (const text of others) t.equal(fits(text), false, text)
  t.equal(fits('emails pr', { emails: [] }), false, 'an empty list is not present')
  t.equal(fits('name pr', { name: {} }), false)
})

t.test('what is broken, unknown or too large is refused as invalidFilter', async (t) => {
  const broken = [
    '',
    'userName',
    'userName eq',
    'userName eq "x',
    'userName eq x',
    'userName eq "x" and',
    'userName eq "x" userName eq "y"',
    'userName like "x"',
    'shoeSize eq "x"',
    'name.shoe pr',
    'urn:example:User:name pr',
    'name eq "x"',
    'active gt true',
    'active eq "maybe"',
    'active eq 1',
    'userName eq 1',
    'meta.created gt "yesterday"',
    'name[familyName eq "x"]',
    'emails[type eq "work"',
    'emails[shoe eq "work"]',
    'not active eq true',
    '(active eq true',
    'active eq true)',
    'userName eq "\\x"',
    'userName eq "x"; drop',
    `${'('.repeat(30)}active eq true${')'.repeat(30)}`,
    Array.from({ length: 300 }, () => 'active eq true').join(' or '),
    `userName eq "${'x'.repeat(9_000)}"`
  ]
  for (const text of broken) {
    t.equal(refusalOf(text), 'invalidFilter', text.slice(0, 40))
  }
})

interface Shape {
  text: string
  isSo: boolean
}

/** Filters with what they say of a resource whose facts are known. */
const shapes = fc.letrec<{ shape: Shape, leaf: Shape }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom('ann@acme.example', 'other').map((name) => ({
      text: `userName eq "${name}"`,
      isSo: name === 'ann@acme.example'
    })),
    fc.boolean().map((active) => ({ text: `active eq ${active}`, isSo: active })),
    fc.constantFrom('work', 'home', 'other').map((type) => ({
      text: `emails[type eq "${type}" and value pr]`,
      isSo: type !== 'other'
    }))
  ),
  shape: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.tuple(tie('shape'), tie('shape')).map(([a, b]) => ({
      text: `(${a.text}) and (${b.text})`,
      isSo: a.isSo && b.isSo
    })),
    fc.tuple(tie('shape'), tie('shape')).map(([a, b]) => ({
      text: `(${a.text}) OR (${b.text})`,
      isSo: a.isSo || b.isSo
    })),
    tie('shape').map((a) => ({ text: `not (${a.text})`, isSo: !a.isSo }))
  )
}))

t.test('and, or and not mean what they say', async (t) => {
  fc.assert(fc.property(shapes.shape, ({ text, isSo }) => fits(text) === isSo), { numRuns: 300 })
})

t.test('whatever text comes, it is read or refused', async (t) => {
  const pieces = fc.array(
    fc.constantFrom(
      'userName',
      'emails',
      '[',
      ']',
      '(',
      ')',
      'eq',
      'and',
      'or',
      'not',
      'pr',
      '"x"',
      '.',
      'true',
      ' ',
      '"',
      '\\'
    ),
    { maxLength: 30 }
  )
  fc.assert(
    fc.property(pieces, (words) => {
      try {
        fits(words.join(' '))
        return true
      } catch (error) {
        return error instanceof ScimError && error.scimType === 'invalidFilter'
      }
    }),
    { numRuns: 500 }
  )
})
