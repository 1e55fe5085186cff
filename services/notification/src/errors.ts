import { defineErrors } from '@dueline/http'

export const errors = defineErrors({
  message_not_parked: {
    status: 409,
    title: 'Only a failed message can be sent again',
    description: 'The message is on its way or was sent. Look at its `state`.'
  },
  delivery_pending: {
    status: 409,
    title: 'The delivery is still being tried',
    description: 'It can be replayed once it is delivered or exhausted, or its endpoint was enabled again.'
  }
})
