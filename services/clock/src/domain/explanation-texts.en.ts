import type { ExplanationTexts } from './explanation-texts.ts'

export const english: ExplanationTexts = {
  metrics: {
    first_response: 'first response',
    next_response: 'next response',
    periodic_update: 'update',
    resolution: 'resolution'
  },
  reasons: {
    waiting_on_customer: 'the customer',
    waiting_on_vendor: 'a vendor',
    maintenance: 'maintenance',
    manual: 'a pause by hand'
  },
  stopped: { met: 'met', cancelled: 'cancelled', waived: 'waived' },
  causes: {
    created: 'created',
    assigned: 'assigned',
    'clock paused': 'paused by hand',
    'clock resumed': 'resumed by hand',
    'clock extended': 'extended by hand',
    'clock waived': 'waived by hand',
    'status new': 'status: new',
    'status open': 'status: open',
    'status waiting_on_customer': 'status: waiting on the customer',
    'status waiting_on_vendor': 'status: waiting on a vendor',
    'status resolved': 'status: resolved',
    'status closed': 'status: closed',
    'status cancelled': 'status: cancelled',
    'public message by customer': 'the customer wrote',
    'public message by agent': 'an agent answered',
    'public message by system': 'a message of the system',
    'internal message by customer': 'an internal note of the customer',
    'internal message by agent': 'an internal note of an agent',
    'internal message by system': 'an internal note of the system',
    'automatic message by customer': 'an automatic message of the customer',
    'automatic message by agent': 'an automatic message of an agent',
    'automatic message by system': 'an automatic message',
    agreement: 'agreed',
    'agreement withdrawn': 'agreement withdrawn',
    'agreement without this target': 'no target any longer',
    'pause ended by itself': 'the pause ended by itself'
  },
  builtIn: 'built-in defaults',
  policyVersion: (version) => `policy version ${version}`,
  agreed: ({ metric, within, row, policy }) => `The ${metric} target is ${within}, set by "${row}" (${policy}).`,
  agreedWithin: ({ metric, within }) => `The ${metric} target is ${within}.`,
  extended: ({ by, target }) => `By hand ${by} was added: the target is ${target}.`,
  aroundTheClock: 'Time counts around the clock.',
  hoursOf: ({ calendar, version }) => `Time counts in the hours of "${calendar}", version ${version}.`,
  businessHours: 'Time counts in business hours.',
  span: ({ from, to }) => to === null ? `From ${from} on` : `From ${from} to ${to}`,
  ran: ({ span, cause, restart, open, upTo }) =>
    [
      `${span} it ran (${cause})${restart ? ', counting from zero' : ''}: ${open} of open time`,
      upTo === null ? '.' : ` up to ${upTo}.`
    ].join(''),
  paused: ({ span, cause, reasons }) => `${span} it was paused for ${reasons} (${cause}): nothing counts.`,
  stays: ({ span, cause, state }) => `${span} it is ${state} (${cause}).`,
  left: (count) => `Then came ${count} more spans; their open time is counted below.`,
  within: ({ used, target, left }) => `Together ${used} of ${target} are used, ${left} are left.`,
  tooMuch: ({ used, target, over }) => `Together ${used} of ${target} are used: ${over} too much.`,
  pausedNow: 'While it is paused there is no deadline.',
  neverDue: 'The calendar is never open long enough: there is no deadline.',
  due: ({ at, isOver }) => `So the deadline ${isOver ? 'was' : 'is'} ${at}.`,
  missed: (at) => `The target was missed at ${at}.`
}
