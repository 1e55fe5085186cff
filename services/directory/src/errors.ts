import { defineErrors } from '@dueline/http'
import { Type } from 'typebox'

/** The problems that only this service answers. */
export const errors = defineErrors({
  name_taken: {
    status: 409,
    title: 'The name is taken',
    description: 'Teams of a tenant have different names; capitals do not count.'
  },
  level_in_use: {
    status: 409,
    title: 'People are at a level that would be removed',
    description:
      '`levels` names them. Leave them in, under another name if you like, or put their people elsewhere first.',
    members: { levels: Type.Array(Type.String()) }
  }
})
