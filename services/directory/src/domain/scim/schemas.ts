import { attribute, type Attribute, type ResourceType, type Schema } from './attributes.ts'

const readOnly = { mutability: 'readOnly' } as const

/** Where one of several values stands, and which comes first. */
function several (name: string, description: string, kinds: readonly string[]): Attribute {
  return attribute(name, description, {
    type: 'complex',
    multiValued: true,
    subAttributes: [
      attribute('value', 'The value itself'),
      attribute('type', 'What kind it is', { canonicalValues: kinds }),
      attribute('primary', 'Whether it comes first; true for one at most', { type: 'boolean' })
    ]
  })
}

const name = attribute('name', 'The parts of the original name, which customers never see', {
  type: 'complex',
  subAttributes: [
    attribute('formatted', 'The whole name', { lengthMax: 200 }),
    attribute('familyName', 'Family name'),
    attribute('givenName', 'Given name'),
    attribute('middleName', 'Middle names'),
    attribute('honorificPrefix', 'Title before the name'),
    attribute('honorificSuffix', 'What stands behind the name')
  ]
})

const groupsOfUser = attribute('groups', 'The groups to which the user belongs; changed by the groups', {
  type: 'complex',
  multiValued: true,
  ...readOnly,
  subAttributes: [
    attribute('value', 'The id of the group', { caseExact: true, ...readOnly }),
    attribute('$ref', 'Its address', { type: 'reference', caseExact: true, referenceTypes: ['Group'], ...readOnly }),
    attribute('display', 'Its name', readOnly)
  ]
})

const userSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'A person: staff or customer',
  attributes: [
    attribute('userName', 'By which the directory names the person; case does not count', {
      lengthMax: 320,
      required: true,
      uniqueness: 'server'
    }),
    name,
    attribute('displayName', 'The screen name, which customers see', { lengthMax: 200 }),
    attribute('nickName', 'How the person is called'),
    attribute('title', 'What the person is'),
    attribute('userType', 'What kind of worker the person is'),
    attribute('preferredLanguage', 'The language that comes first, such as en or ar-SA'),
    attribute('locale', 'How dates and numbers are written'),
    attribute('timezone', 'IANA time zone, such as Asia/Riyadh'),
    attribute('active', 'false: has left, and gets nothing any more', { type: 'boolean' }),
    several('emails', 'Addresses; mail goes to the primary one', ['work', 'home', 'other']),
    several('phoneNumbers', 'Numbers; the primary one is used', ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
    several('roles', 'What the person may be: the primary one, if it is a role of Dueline', []),
    groupsOfUser
  ]
}

const enterpriseSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'Where the person works',
  attributes: [
    attribute('employeeNumber', 'The number of the person in the organization'),
    attribute('costCenter', 'Who pays'),
    attribute('organization', 'The organization'),
    attribute('division', 'The division'),
    attribute('department', 'The department'),
    attribute('manager', 'To whom escalations go next', {
      type: 'complex',
      subAttributes: [
        attribute('value', 'The id of the user who leads'),
        attribute('$ref', 'The address of that user', {
          type: 'reference',
          caseExact: true,
          referenceTypes: ['User']
        })
      ]
    })
  ]
}

const duelineSchema: Schema = {
  id: 'urn:dueline:scim:schemas:extension:2.0:User',
  name: 'DuelineUser',
  description: 'What Dueline knows besides',
  attributes: [
    attribute('level', 'The key of a level of the hierarchy'),
    attribute('unit', 'The name or the id of a unit'),
    attribute('languages', 'Languages in order, the first one first, parted by commas: ar, en')
  ]
}

/** People. */
export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  schema: userSchema,
  extensions: [enterpriseSchema, duelineSchema]
}

/** Teams. */
export const groupType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  schema: {
    id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
    name: 'Group',
    description: 'A team',
    attributes: [
      attribute('displayName', 'Its name; no two teams have the same, and case does not count', {
        lengthMax: 200,
        required: true,
        uniqueness: 'server'
      }),
      attribute('members', 'Its members: users, never groups', {
        type: 'complex',
        multiValued: true,
        subAttributes: [
          attribute('value', 'The id of the user', { mutability: 'immutable' }),
          attribute('$ref', 'The address of the user', {
            type: 'reference',
            caseExact: true,
            mutability: 'immutable',
            referenceTypes: ['User']
          }),
          attribute('type', 'User', { mutability: 'immutable', canonicalValues: ['User'] })
        ]
      })
    ]
  },
  extensions: []
}

export const resourceTypes: readonly ResourceType[] = [userType, groupType]
export const enterpriseUrn = enterpriseSchema.id
export const duelineUrn = duelineSchema.id
