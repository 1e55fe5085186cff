import { nullable, Uuid } from '@dueline/contracts'
import { defineErrors } from '@dueline/http'
import { Type } from 'typebox'

/** The problems that only this service answers. */
export const errors = defineErrors({
  name_taken: {
    status: 409,
    title: 'The name is taken',
    description: 'Teams have different names, and so have companies, and the parts of a unit; capitals do not count.'
  },
  responsibility_exists: {
    status: 409,
    title: 'This responsibility is there already',
    description: 'The same person or team is responsible for the same product or module.'
  },
  absence_overlaps: {
    status: 409,
    title: 'The person is absent then already',
    description: 'Planned absences of a person have no instant in common: change or delete the other one.'
  },
  team_in_use: {
    status: 409,
    title: 'The team is responsible for products or modules',
    description: 'Delete its responsibilities first, or make the team inactive.'
  },
  customer_in_use: {
    status: 409,
    title: 'Other companies belong to it',
    description: 'Change their `parentId` first, or make it inactive.'
  },
  unit_in_use: {
    status: 409,
    title: 'The unit has parts or people',
    description: 'Move them to another unit first, or make the unit inactive.'
  },
  level_in_use: {
    status: 409,
    title: 'People are at a level that would be removed',
    description:
      '`levels` names them. Leave them in, under another name if you like, or put their people elsewhere first.',
    members: { levels: Type.Array(Type.String()) }
  },
  scim_token_over: {
    status: 409,
    title: 'The token was revoked or has expired',
    description: 'Nothing brings it back: make a new one.'
  },
  identity_taken: {
    status: 409,
    title: 'This subject is linked to another person',
    description: '`personId` names it. Unlink it there first: whoever has such a token is one person.',
    members: { personId: nullable(Uuid) }
  },
  api_key_over: {
    status: 409,
    title: 'The API key was revoked or has expired',
    description: 'Nothing brings it back: make a new one.'
  },
  person_exists: { status: 409, title: 'A person with this id or external id exists already' }
})
