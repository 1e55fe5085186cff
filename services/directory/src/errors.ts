import { defineErrors } from '@dueline/http'

/** The problems that only this service answers. */
export const errors = defineErrors({
  name_taken: {
    status: 409,
    title: 'The name is taken',
    description: 'Teams of a tenant have different names; capitals do not count.'
  }
})
