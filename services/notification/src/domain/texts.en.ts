import type { LanguageTexts } from './texts.ts'

export const english: LanguageTexts = {
  words: {
    new: 'new', open: 'open', waiting_on_customer: 'waiting for your answer', waiting_on_vendor: 'waiting for a supplier', resolved: 'resolved', closed: 'closed', cancelled: 'cancelled',
    first_response: 'first response', next_response: 'next response', periodic_update: 'periodic update', resolution: 'resolution'
  },
  texts: {
    'ticket.created/customer': { subject: '[{number}] We received your request: {subject}', body: 'Hello {name},\n\nwe received your request "{subject}". Its number is {number}.\n\nWe will write to you as soon as there is news.' },
    'ticket.assigned/assignee': { subject: '[{number}] Assigned to you: {subject}', body: 'Hello {name},\n\nticket {number} "{subject}" is now assigned to you.' },
    'ticket.reopened/assignee': { subject: '[{number}] Reopened: {subject}', body: 'Hello {name},\n\nticket {number} "{subject}" was reopened and is {status} again.' },
    'ticket.message-added/customer': { subject: '[{number}] {actor} answered: {subject}', body: 'Hello {name},\n\n{actor} wrote on your request {number}:\n\n{excerpt}' },
    'ticket.message-added/assignee': { subject: '[{number}] New message: {subject}', body: 'Hello {name},\n\nthe customer wrote on ticket {number}:\n\n{excerpt}' },
    'ticket.waiting_on_customer/customer': { subject: '[{number}] We need your answer: {subject}', body: 'Hello {name},\n\nto go on with your request {number} we need an answer from you.' },
    'ticket.resolved/customer': { subject: '[{number}] Resolved: {subject}', body: 'Hello {name},\n\nyour request {number} "{subject}" is resolved. If it is not, answer and it will be reopened.' },
    'ticket.closed/customer': { subject: '[{number}] Closed: {subject}', body: 'Hello {name},\n\nyour request {number} "{subject}" is closed.' },
    'clock.warned': { subject: '[{number}] Warning: {metric} due {dueAt}', body: 'Hello {name},\n\nthe {metric} of ticket {number} "{subject}" is due at {dueAt}.' },
    'clock.reminded': { subject: '[{number}] Reminder: {metric} due {dueAt}', body: 'Hello {name},\n\na reminder: the {metric} of ticket {number} "{subject}" is due at {dueAt}.' },
    'clock.breached': { subject: '[{number}] Missed: {metric} was due {dueAt}', body: 'Hello {name},\n\nthe {metric} of ticket {number} "{subject}" was due at {dueAt} and has been missed.' },
    'escalation.level-reached': { subject: '[{number}] Escalated ({level}): {subject}', body: 'Hello {name},\n\nticket {number} "{subject}" was escalated to "{level}" because its {metric} promise needs attention. Please acknowledge it.' }
  }
}
