// Names for the main shapes. The document has most of them without a name, once for each operation that answers them;
// an alias is what the operation that reads one of them answers.
import type { AnswerOf, BodyOf, ItemOf } from './operations.ts'

export type Agreement = ItemOf<'listAgreements'>
export type Calendar = AnswerOf<'getCalendar'>
export type Clock = AnswerOf<'getClock'>
export type ClockExplanation = AnswerOf<'explainClock'>
export type Escalation = AnswerOf<'getEscalation'>
export type EscalationPolicy = AnswerOf<'getEscalationPolicy'>
export type InboxMessage = ItemOf<'listInboxMessages'>
export type LedgerEntry = ItemOf<'getClockLedger'>
export type Me = AnswerOf<'getMe'>
export type Message = ItemOf<'listTicketMessages'>
export type Module = AnswerOf<'getModule'>
export type Person = AnswerOf<'getPerson'>
export type PolicyVersion = AnswerOf<'getPolicyVersion'>
export type Product = AnswerOf<'getProduct'>
export type Question = AnswerOf<'getQuestion'>
export type SentMessage = ItemOf<'listSentMessages'>
export type SlaRow = AnswerOf<'getSlaRow'>
export type Ticket = AnswerOf<'getTicket'>
export type TicketImport = AnswerOf<'getTicketImport'>
export type TimelineEntry = ItemOf<'listTimelineEntries'>
export type WebhookDelivery = ItemOf<'listWebhookDeliveries'>
export type WebhookEndpoint = AnswerOf<'getWebhookEndpoint'>

/** A ticket to open. */
export type NewTicket = BodyOf<'createTicket'>
/** A message to write. */
export type NewMessage = BodyOf<'createMessage'>
