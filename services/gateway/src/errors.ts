import { defineErrors } from '@dueline/http'

/** The gateway answers the base errors only; what services answer passes through. */
export const errors = defineErrors({})
