import { ClockStateSchema } from '@dueline/contracts'
import { defineErrors } from '@dueline/http'

/** The problems that only this service answers. */
export const errors = defineErrors({
  clock_command_refused: {
    status: 409,
    title: 'The clock cannot be told to do this now',
    description: '`state` is what it is doing, `detail` says why that does not go together. Read the clock again.',
    members: { state: ClockStateSchema }
  }
})
