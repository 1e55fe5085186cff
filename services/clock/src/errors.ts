import { ClockStateSchema } from '@dueline/contracts'
import { defineErrors } from '@dueline/http'

/** The problems that only this service answers. */
export const errors = defineErrors({
  clock_command_refused: {
    status: 409,
    title: 'The command does not fit the state of the clock',
    description: '`state` is its state, `detail` says why the command does not fit. Read the clock again.',
    members: { state: ClockStateSchema }
  }
})
