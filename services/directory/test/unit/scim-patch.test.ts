import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import t from 'tap'
import type { Resource } from '../../src/domain/scim/attributes.ts'
import { applyPatch, readOperations, type Operation } from '../../src/domain/scim/patch.ts'
import { groupType, userType } from '../../src/domain/scim/schemas.ts'
import { ScimError } from '../../src/domain/scim/scim-error.ts'
import { readResource } from '../../src/domain/scim/values.ts'

interface Case {
  name: string
  type: 'User' | 'Group'
  before: Resource
  patch: unknown
  after?: Resource
  error?: string
}

const typeOf = (name: 'User' | 'Group') => name === 'User' ? userType : groupType

/** What a PATCH makes of a resource, or the scimType that refuses it. */
function outcome (type: 'User' | 'Group', before: Resource, ...operations: object[]): Resource | string | undefined {
  try {
    return applyPatch(typeOf(type), before, readOperations({ Operations: operations }))
  } catch (error) {
    if (error instanceof ScimError) return error.scimType
    throw error
  }
}

for (const client of ['entra', 'okta']) {
  t.test(`what ${client} sends`, async (t) => {
    const cases = JSON.parse(
      await readFile(new URL(`scim-clients/${client}.json`, import.meta.url), 'utf8')
    ) as Case[]
    for (const { name, type, before, patch, after, error } of cases) {
      const { Operations } = patch as { Operations: object[] }
      t.same(outcome(type, before, ...Operations), after ?? error, name)
    }
  })
}

t.test('what the RFC says of each operation', async (t) => {
  const user = { userName: 'ann', name: { givenName: 'Ann', familyName: 'B' }, active: true }
  const name = (operation: object) => (outcome('User', user, operation) as Resource)['name']
  t.same(name({ op: 'replace', path: 'name', value: { givenName: 'C' } }), { givenName: 'C', familyName: 'B' })
  t.same(name({ op: 'replace', value: { Name: { GIVENNAME: 'C' } } }), { givenName: 'C', familyName: 'B' })
  t.same(name({ op: 'remove', path: 'name.familyName' }), { givenName: 'Ann' })
  t.equal(name({ op: 'remove', path: 'name' }), undefined)
  t.same(outcome('User', user, { op: 'replace', path: 'ACTIVE', value: 'tRUE' }), user, 'names have no case')
  t.same(outcome('User', user, { op: 'add', path: 'nickName', value: null }), user, 'null is nothing')
  t.same(
    outcome('User', user, { op: 'add', value: { shoeSize: 42 } }),
    user,
    'in an object, what is unknown is passed over'
  )

  const refused: Array<[string, object]> = [
    ['invalidPath', { op: 'add', path: 'shoeSize', value: 42 }],
    ['invalidPath', { op: 'add', path: 'name.shoeSize', value: 42 }],
    ['invalidPath', { op: 'add', path: 'urn:example:User:thing', value: 42 }],
    ['invalidPath', { op: 'add', path: 'emails[type eq "work"', value: 'x' }],
    ['invalidPath', { op: 'add', path: 'emails[type eq "work"].shoe', value: 'x' }],
    ['invalidFilter', { op: 'add', path: 'emails[type is "work"].value', value: 'x' }],
    ['noTarget', { op: 'remove' }],
    ['noTarget', { op: 'add', path: 'emails[type sw "w"].value', value: 'x' }],
    ['mutability', { op: 'replace', path: 'id', value: 'x' }],
    ['mutability', { op: 'replace', path: 'meta.created', value: 'x' }],
    ['mutability', { op: 'add', path: 'groups', value: [{ value: 'x' }] }],
    ['invalidValue', { op: 'remove', path: 'userName' }],
    ['invalidValue', { op: 'replace', path: 'active', value: 'maybe' }],
    ['invalidValue', { op: 'replace', path: 'displayName', value: { a: 1 } }],
    ['invalidValue', { op: 'replace', path: 'displayName', value: 'x'.repeat(1_001) }],
    ['invalidValue', { op: 'replace', value: 'x' }],
    ['invalidSyntax', { op: 'move', path: 'active', value: true }]
  ]
  for (const [scimType, operation] of refused) {
    t.equal(outcome('User', user, operation), scimType, JSON.stringify(operation))
  }
  t.equal(outcome('User', user), 'invalidSyntax', 'no operation')
  t.equal(
    outcome('Group', { displayName: 'A' }, { op: 'replace', path: 'members[value eq "x"].value', value: 'y' }),
    'mutability'
  )
})

t.test('a whole resource is read in any case, and what the client may not say is left out', async (t) => {
  const read = readResource(userType, {
    schemas: [userType.schema.id],
    USERNAME: ' ann\u0000 ',
    id: 'x',
    meta: { created: 'x' },
    groups: [{ value: 'x' }],
    password: 'x',
    emails: { value: 'a@x.example' },
    'name.givenName': 'Ann',
    roles: [],
    nickName: null
  })
  t.same(read, { userName: 'ann', emails: [{ value: 'a@x.example' }], name: { givenName: 'Ann' } })
  for (const body of [{}, { userName: ' ' }, { userName: null }, { userName: ['a', 'b'] }, []]) {
    t.throws(() => readResource(userType, body), ScimError, JSON.stringify(body))
  }
})

t.test('ten thousand members come and go in one operation', async (t) => {
  const value = Array.from({ length: 10_000 }, (_, index) => ({ value: String(index) }))
  const full = outcome('Group', { displayName: 'A' }, { op: 'add', path: 'members', value }) as Resource
  t.equal((full['members'] as unknown[]).length, 10_000)
  t.same(outcome('Group', full, { op: 'remove', path: 'members', value }), { displayName: 'A' })
  const tooMany = Array.from({ length: 20_001 }, (_, index) => ({ value: String(index) }))
  t.equal(outcome('Group', full, { op: 'add', path: 'members', value: tooMany }), 'invalidValue')
})

const memberIds = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 })
const operation = fc.record({
  op: fc.constantFrom('add', 'remove', 'replace'),
  value: memberIds,
  filtered: fc.boolean()
})

t.test('members are those of a set to which the same was done', async (t) => {
  fc.assert(
    fc.property(memberIds, fc.array(operation, { minLength: 1, maxLength: 6 }), (before, operations) => {
      const set = new Set(before)
      const sent: Operation[] = []
      for (const { op, value, filtered } of operations) {
        if (op === 'remove' && filtered && value.length > 0) {
          set.delete(value[0]!)
          sent.push({ op, path: `Members[VALUE eq "${value[0]}"]`, value: undefined })
          continue
        }
        if (op === 'replace' || (op === 'remove' && value.length === 0)) set.clear()
        for (const id of value) op === 'remove' ? set.delete(id) : set.add(id)
        sent.push({ op: op as 'add', path: 'members', value: value.map((id) => ({ value: id })) })
      }
      const resource = { displayName: 'A', members: before.map((value) => ({ value })) }
      const after = applyPatch(groupType, resource, sent)
      const ids = ((after['members'] ?? []) as Array<{ value: string }>).map(({ value }) => value)
      return ids.length === set.size && ids.every((id) => set.has(id))
    }),
    { numRuns: 300 }
  )
})

t.test('to replace is to end where it says, however often it is sent, and one value at most is primary', async (t) => {
  const emails = fc.array(
    fc.record({ value: fc.constantFrom('a', 'b', 'c'), type: fc.constantFrom('work', 'home'), primary: fc.boolean() }),
    { maxLength: 5 }
  )
  fc.assert(
    fc.property(emails, emails, fc.constantFrom('add', 'replace'), (before, value, op) => {
      const user = readResource(userType, { userName: 'a', emails: before })
      const once = applyPatch(userType, user, [{ op: op as 'add', path: 'emails', value }])
      const twice = applyPatch(userType, once, [{ op: op as 'add', path: 'emails', value }])
      t.same(twice, once)
      const primaries = ((once['emails'] ?? []) as Array<{ primary?: boolean }>).filter(({ primary }) =>
        primary === true
      )
      return primaries.length <= 1
    }),
    { numRuns: 300 }
  )
})
