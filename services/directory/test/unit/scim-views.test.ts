import t from 'tap'
import { pathOf, type Resource } from '../../src/domain/scim/attributes.ts'
import { readBulk, resolved } from '../../src/domain/scim/bulk.ts'
import { userType } from '../../src/domain/scim/schemas.ts'
import { errorBody, ScimError } from '../../src/domain/scim/scim-error.ts'
import { listBody, namesOf, shownOf, sortKeyOf } from '../../src/domain/scim/views.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const ann: Resource = {
  schemas: [userType.schema.id, enterprise],
  id: 'a',
  userName: 'Ann',
  name: { givenName: 'A', familyName: 'B' },
  emails: [{ value: 'w@x.example', type: 'work' }, { value: 'H@x.example', type: 'home', primary: true }],
  [enterprise]: { department: 'Support', division: 'North' },
  meta: { resourceType: 'User', version: 'W/"1"' }
}
const shown = (attributes: string, excludedAttributes = '') =>
  shownOf(userType, ann, { attributes: namesOf(attributes), excludedAttributes: namesOf(excludedAttributes) })
const { schemas, id } = ann

t.test('answers show what was asked for, and the id always', async (t) => {
  t.same(shown(''), ann)
  t.same(shown('USERNAME'), { schemas, id, userName: 'Ann' })
  t.same(shown('name.givenName, emails.value'), {
    schemas,
    id,
    name: { givenName: 'A' },
    emails: [{ value: 'w@x.example' }, { value: 'H@x.example' }]
  })
  t.same(shown('emails.value,emails.type'), {
    schemas,
    id,
    emails: [{ value: 'w@x.example', type: 'work' }, { value: 'H@x.example', type: 'home' }]
  })
  t.same(shown(`${enterprise}:department`), { schemas, id, [enterprise]: { department: 'Support' } })
  t.same(shown(enterprise), { schemas, id, [enterprise]: ann[enterprise] })
  t.same(shown('shoeSize'), { schemas, id }, 'what is unknown is passed over')
  t.same(Object.keys(shown('', 'id,schemas,emails,meta')), ['schemas', 'id', 'userName', 'name', enterprise])
  t.same(shown('', 'name.givenName')['name'], { familyName: 'B' })
  t.same(shown('', `${enterprise}:division`)[enterprise], { department: 'Support' })
  t.equal(shown('', enterprise)[enterprise], undefined)
})

t.test('the primary value sorts, case does not count, and who has none has no key', async (t) => {
  const key = (text: string) => sortKeyOf(ann, pathOf(userType, text)!)
  t.equal(key('userName'), 'ann')
  t.equal(key('emails'), 'h@x.example')
  t.equal(key('emails.type'), 'home')
  t.equal(key('nickName'), undefined)
  t.equal(key(`${enterprise}:department`), 'support')
})

t.test('lists count from one, and errors say their status as a text', async (t) => {
  t.match(listBody([ann], 7, 3), { totalResults: 7, startIndex: 3, itemsPerPage: 1, Resources: [{ id: 'a' }] })
  t.match(errorBody(new ScimError(409, 'uniqueness', 'taken')), {
    status: '409',
    scimType: 'uniqueness',
    detail: 'taken'
  })
})

t.test('a bulk request names what it made by bulkId', async (t) => {
  const { operations, failOnErrors } = readBulk({
    failOnErrors: 1,
    Operations: [
      { method: 'post', path: '/Users', bulkId: 'u', data: { userName: 'a' } },
      { method: 'PATCH', path: '/Groups/bulkId:g', data: { Operations: [{ op: 'add', value: ['bulkId:u'] }] } }
    ]
  })
  t.equal(failOnErrors, 1)
  t.match(operations, [{ method: 'POST', bulkId: 'u' }, { method: 'PATCH', bulkId: undefined }])
  const ids = new Map([['u', '1'], ['g', '2']])
  t.same(resolved(operations[1]!.data, ids), { Operations: [{ op: 'add', value: ['1'] }] })
  t.throws(() => resolved({ value: 'bulkId:z' }, ids), ScimError)
  for (
    const body of [
      [],
      {},
      { Operations: [{}] },
      { Operations: [{ method: 'GET', path: '/Users' }] },
      { Operations: [{ method: 'POST', path: '/Users' }] },
      { Operations: [], failOnErrors: -1 }
    ]
  ) t.throws(() => readBulk(body), ScimError, JSON.stringify(body))
})
