export { createClient, type Answer, type Client, type ClientOptions } from './client.ts'
export type { ChangeOptions } from './change.ts'
export type { DuelineEvent, EventOf, EventType, FeedEvent, FeedOptions } from './events.ts'
export type * from './generated/models.ts'
export type { AnswerOf, BodyOf, CallOf, CallOptions, ItemOf, OperationId } from './operations.ts'
export type { PagingOptions } from './paginate.ts'
export {
  ConnectionError,
  DuelineError,
  isProblem,
  ProblemError,
  UnexpectedAnswer,
  type Fault,
  type ProblemBody,
  type ProblemCode
} from './problems.ts'
export type { RetryOptions } from './retry.ts'
export type { StreamOptions, StreamState } from './stream.ts'
export type { Token } from './transport.ts'
export { verifyWebhook, WebhookError, type IncomingHeaders, type WebhookFault, type WebhookOptions } from './webhook.ts'
