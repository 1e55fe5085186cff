import { defineErrors } from '@dueline/http'

/** The problems that only this service answers. */
export const errors = defineErrors({
  escalation_closed: { status: 409, title: 'The escalation is not open any more', description: '`state` says how it ended: acknowledged, stopped or exhausted. Nothing more can be done to it.' },
  default_ladder_exists: { status: 409, title: 'The tenant has a default ladder already', description: 'Take `isDefault` away from the other ladder first.' }
})
