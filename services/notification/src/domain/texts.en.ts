import type { LanguageTexts } from './texts.ts'

export const english: LanguageTexts = {
  words: {
    new: 'new',
    open: 'open',
    waiting_on_customer: 'waiting for your answer',
    waiting_on_vendor: 'waiting for a supplier',
    resolved: 'resolved',
    closed: 'closed',
    cancelled: 'cancelled',
    first_response: 'first response',
    next_response: 'next response',
    periodic_update: 'periodic update',
    resolution: 'resolution',
    urgent: ', urgent',
    workingTime: ' of working time',
    noTime: 'no time',
    somebody: 'there',
    team: 'Our team'
  },
  sentences: {
    unassigned: 'Nobody works on this ticket: it has no assignee.',
    inactive: 'Nobody works on this ticket: its assignee is inactive.',
    urgent: 'This is urgent.',
    open: 'Still open:',
    'open.breached': '- {metric}: missed, it was due {dueAt}',
    'open.due': '- {metric}: due {dueAt}',
    'open.paused': '- {metric}: paused',
    'open.waiting': '- the customer has waited for an answer since {since}'
  },
  texts: {
    'ticket.created/customer': {
      subject: '[{number}] We received your request: {subject}',
      body: 'Hello {name},\n\nWe received your request "{subject}". Its number is {number}.\n\n' +
        'We will write to you as soon as there is news.'
    },
    'ticket.assigned/staff': {
      subject: '[{number}] Assigned to you: {subject}',
      body: 'Hello {name},\n\nTicket {number} "{subject}" is now assigned to you.'
    },
    'ticket.unassigned/staff': {
      subject: '[{number}] Without assignee: {subject}',
      body: 'Hello {name},\n\nTicket {number} "{subject}" waits for somebody to take it.'
    },
    'ticket.reopened/staff': {
      subject: '[{number}] Reopened: {subject}',
      body: 'Hello {name},\n\nTicket {number} "{subject}" was reopened and is {status} again.'
    },
    'ticket.message-added/customer': {
      subject: '[{number}] {actor} answered: {subject}',
      body: 'Hello {name},\n\n{actor} wrote on your request {number}:\n\n{excerpt}'
    },
    'ticket.message-added/staff': {
      subject: '[{number}] New message: {subject}',
      body: 'Hello {name},\n\nThe customer wrote on ticket {number}:\n\n{excerpt}'
    },
    'ticket.waiting_on_customer/customer': {
      subject: '[{number}] We need your answer: {subject}',
      body: 'Hello {name},\n\nTo go on with your request {number} we need an answer from you.'
    },
    'ticket.resolved/customer': {
      subject: '[{number}] Resolved: {subject}',
      body: 'Hello {name},\n\nYour request {number} "{subject}" is resolved. ' +
        'If it is not, answer and it will be reopened.'
    },
    'ticket.closed/customer': {
      subject: '[{number}] Closed: {subject}',
      body: 'Hello {name},\n\nYour request {number} "{subject}" is closed.'
    },
    'clock.warned/staff': {
      subject: '[{number}] Warning{urgent} ({mark}): {metric} due {dueAt}',
      body: 'Hello {name},\n\n{mark} of the time for the {metric} of ticket {number} "{subject}" is used. ' +
        'It is due {dueAt}: {left} left.'
    },
    'clock.reminded/staff': {
      subject: '[{number}] Reminder{urgent} ({mark} before): {metric} due {dueAt}',
      body: 'Hello {name},\n\nA reminder {mark} before the deadline: the {metric} of ticket {number} "{subject}" ' +
        'is due {dueAt}: {left} left.'
    },
    'clock.breached/staff': {
      subject: '[{number}] Missed: {metric} was due {dueAt}',
      body: 'Hello {name},\n\nThe {metric} of ticket {number} "{subject}" was due {dueAt} and has been missed.'
    },
    'clock.overdue/staff': {
      subject: '[{number}] Still missed{urgent} ({mark} after): {metric} was due {dueAt}',
      body: 'Hello {name},\n\nThe {metric} of ticket {number} "{subject}" was due {dueAt}. ' +
        'Now, {mark} after the deadline, it is still missing.'
    },
    'clock.resumed/staff': {
      subject: '[{number}] Open again and missed: {metric} was due {dueAt}',
      body:
        'Hello {name},\n\nTicket {number} "{subject}" is open again. Its {metric} was due {dueAt} and has been missed.'
    },
    'clock.breach-withdrawn/staff': {
      subject: '[{number}] Not missed after all: {metric}',
      body: 'Hello {name},\n\nWe told you that the {metric} of ticket {number} "{subject}", due {dueAt}, was missed. ' +
        'By what is known now it was not.'
    },
    'escalation.level-reached/staff': {
      subject: '[{number}] Escalated ({level}): {subject}',
      body: 'Hello {name},\n\nTicket {number} "{subject}" was escalated to "{level}" because its {metric} target ' +
        'needs attention.\n\nPlease acknowledge escalation {escalationId}.'
    }
  }
}
