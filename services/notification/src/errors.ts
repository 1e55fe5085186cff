import { defineErrors } from '@dueline/http'

export const errors = defineErrors({
  message_not_parked: {
    status: 409,
    title: 'Only a failed message can be sent again',
    description: 'The message waits or was sent; see its `state`.'
  },
  delivery_pending: {
    status: 409,
    title: 'The delivery is still being tried',
    description: 'You can replay it once it is delivered or exhausted, or once its endpoint is enabled again.'
  },
  stream_ticket_refused: {
    status: 401,
    title: 'This ticket opens no stream',
    description:
      'A ticket opens one stream, within 30 seconds. It was used already, is older, or was never given out: get a ' +
      'new one with `POST /v1/events/stream-tickets`, and go on after the last cursor with `after`.'
  },
  event_cursor_expired: {
    status: 410,
    title: 'What follows this cursor is no longer in the feed',
    description:
      'Some events after it are older than the feed holds. Read what you need anew, then go on from the start of ' +
      'the feed (leave `after` out) or from now on (`after=latest`).'
  }
})
