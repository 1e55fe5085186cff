import { stringEnum } from '@dueline/contracts'
import { defineErrors } from '@dueline/http'

/** The problems that only this service answers. */
export const errors = defineErrors({
  escalation_closed: {
    status: 409,
    title: 'The escalation is not open any more',
    description: '`state` says how it ended: acknowledged, stopped or exhausted. It cannot be raised any more. ' +
      'It can be acknowledged unless it has stopped.',
    members: { state: stringEnum(['open', 'acknowledged', 'stopped', 'exhausted']) }
  },
  default_escalation_policy_exists: {
    status: 409,
    title: 'The tenant has a default escalation policy already',
    description: 'Set `isDefault` of the other escalation policy to false first.'
  }
})
