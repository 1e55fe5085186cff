import { eventTypes, serviceNames } from '@dueline/contracts'
import { askedPeople, migrations as httpMigrations, type ServiceDeps } from '@dueline/http'
import { createOutbox, forAll, migrations as messagingMigrations, type Bus, type Outbox } from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import { createPoller, systemRandom, type Loop } from '@dueline/runtime'
import { buildService, directoryCopyMigrations, directoryService, type BuiltService } from '@dueline/service'
import { createTimers, migrations as timerMigrations, type Timers } from '@dueline/timers'
import type { Config } from './config.ts'
import { createOnEvents, type OnEventsDeps } from './consumers/on-events.ts'
import { createDispatcher, type Dispatcher } from './delivery/dispatcher.ts'
import { createLineUp } from './delivery/line-up.ts'
import { createMailChannel } from './delivery/mail-channel.ts'
import { createOutgoingHttp } from './delivery/outgoing-http.ts'
import { createWebhookChannel } from './delivery/webhook-channel.ts'
import { createStreamHub } from './delivery/stream-hub.ts'
import { createSecretBox } from '@dueline/runtime'
import { routes } from './routes/index.ts'
import type { RouteDeps } from './routes/route-deps.ts'
import { errors } from './errors.ts'
import { pruneFeed } from './store/feed-store.ts'
import { pruneStreamTickets } from './store/stream-ticket-store.ts'
import { registerNotificationMetrics } from './store/notification-metrics.ts'

/** A reader of a stream that takes nothing for so long is cut. */
const slowMsMax = 30_000
/** What is remembered of callers is remembered for 50 s: within a minute a stream ends of which no signal came. */
const askAgainMs = 5_000

export { ConfigSchema } from './config.ts'
export const schema = 'notification'
export const migrations: MigrationSource[] = [
  messagingMigrations,
  timerMigrations,
  httpMigrations,
  directoryCopyMigrations,
  { name: 'notification', directory: new URL('../migrations/', import.meta.url) }
]

export interface NotificationService extends BuiltService {
  readonly timers: Timers
  readonly mails: Dispatcher
  readonly webhooks: Dispatcher
  /** What is done when events have been appended to the feed. */
  readonly feedGrew: OnEventsDeps['feedGrew']
}

/** Makes every object of the notification service, once. Nothing listens or runs before its caller says so. */
export function buildNotification (deps: ServiceDeps<Config, Bus>): NotificationService {
  const { config, logger, clock, ids, metrics, database } = deps
  const outbox = createOutbox()
  const streams = createStreamHub({
    database,
    clock,
    logger,
    metrics,
    max: config.STREAMS_MAX,
    slowMsMax,
    askAgainMs
  })
  const { timers, mails, webhooks, sending, outgoing, secrets } = createDelivery(deps, outbox)

  const lineUp = createLineUp({ database, logger, webhooks })
  const feedGrew: OnEventsDeps['feedGrew'] = (events) => {
    streams.grew()
    lineUp.grew(events)
  }
  registerNotificationMetrics(metrics, database)
  const pruner = createPoller({
    name: 'prune the event feed',
    run: async () => {
      await pruneStreamTickets(database.read)
      const gone = await pruneFeed(database.read, { days: config.FEED_RETENTION_DAYS, limit: 5_000 })
      return gone > 0 ? 'busy' : 'idle'
    },
    idleMs: 3_600_000,
    logger
  })

  const routeDeps: RouteDeps = { database, clock, ids, timers, outbox, outgoing, secrets, streams }
  const service = buildService(deps, {
    name: 'notification',
    errors,
    people: askedPeople(directoryService(config, logger)),
    consumes: serviceNames,
    handlers: forAll(eventTypes, createOnEvents({ clock, ids, timers, feedGrew })),
    routes,
    routeDeps,
    loops: [sending, timers, lineUp, pruner, streams]
  })
  return { ...service, timers, mails, webhooks, feedGrew }
}

/** What messages and webhooks are sent with, and the timers that say when. */
function createDelivery (deps: ServiceDeps<Config, Bus>, outbox: Outbox) {
  const { config, logger, clock, ids, metrics, database } = deps
  const outgoing = createOutgoingHttp({
    allowPrivate: config.WEBHOOK_ALLOW_PRIVATE,
    allowHttp: config.WEBHOOK_ALLOW_HTTP
  })
  const secrets = createSecretBox(config.WEBHOOK_SECRET_KEY)

  const timers = createTimers({ database, clock, logger, metrics })
  const mailChannel = createMailChannel({
    smtpUrl: config.SMTP_URL,
    connections: config.SMTP_CONNECTIONS,
    from: config.MAIL_FROM,
    outbox,
    timers,
    ids,
    random: systemRandom
  })
  const webhookChannel = createWebhookChannel({
    http: outgoing,
    secrets,
    outbox,
    timers,
    ids,
    clock,
    random: systemRandom
  })
  const dispatch = { database, clock, logger, timers }
  const mails = createDispatcher(mailChannel, dispatch)
  const webhooks = createDispatcher(webhookChannel, dispatch)
  timers.handle('mail', {
    ownerTable: 'message',
    fire: async (tx, due, now) => await mails.fire(tx, due, now),
    room: () => mails.room()
  })
  timers.handle('webhook', {
    ownerTable: 'webhook_endpoint',
    fire: async (tx, due, now) => await webhooks.fire(tx, due, now)
  })
  const sending = drainOnStop('notification sending', [mails, webhooks], async () => {
    await mailChannel.close()
    await outgoing.close()
  })
  return { timers, mails, webhooks, sending, outgoing, secrets }
}

/**
 * Stopped after the timers that feed it: what waits is released, what is being sent is sent to its end and written
 * down.
 */
function drainOnStop (name: string, dispatchers: readonly Dispatcher[], close: () => Promise<void>): Loop {
  let running = false
  return {
    name,
    start: async () => {
      running = true
    },
    stop: async () => {
      if (!running) return
      running = false
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.drain()))
      await close()
    }
  }
}
