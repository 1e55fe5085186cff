import { mailboxPattern } from '@dueline/contracts'
import { serviceConfig, directoryServiceKeys } from '@dueline/service'
import { Type, type Static } from 'typebox'

/** The service's configuration; the README's table is generated from it. */
export const ConfigSchema = Type.Object({
  ...serviceConfig({ port: 8085 }),
  ...directoryServiceKeys,
  SMTP_URL: Type.String({
    format: 'smtp-url',
    secret: true,
    description: 'smtp://user:password@host:port, smtps:// for TLS from the start'
  }),
  SMTP_CONNECTIONS: Type.Integer({
    default: 4,
    minimum: 1,
    maximum: 100,
    description: 'Most connections to the mail server, so most mails at once; some servers allow three'
  }),
  MAIL_FROM: Type.String({
    pattern: mailboxPattern,
    default: 'Dueline <no-reply@dueline.invalid>',
    description: 'Sender of every mail, as Name <name@host>'
  }),
  WEBHOOK_SECRET_KEY: Type.String({
    pattern: '^[A-Za-z0-9+/]{43}=$',
    secret: true,
    description: '32 bytes in base64 that seal the signing secrets in the database'
  }),
  WEBHOOK_ALLOW_PRIVATE: Type.Boolean({
    default: false,
    description: 'Deliver to private and loopback addresses too (development only)',
    caution: { when: '^true$', says: 'webhooks may call every address of this network, metadata services among them' }
  }),
  WEBHOOK_ALLOW_HTTP: Type.Boolean({
    default: false,
    description: 'Deliver over plain http too (development only)',
    caution: { when: '^true$', says: 'webhooks may go over plain http and can be read and changed on their way' }
  }),
  STREAMS_MAX: Type.Integer({
    default: 5_000,
    minimum: 1,
    maximum: 100_000,
    description: 'Most event streams that are open at once in a process; further ones are answered with 503'
  }),
  FEED_RETENTION_DAYS: Type.Integer({
    default: 30,
    minimum: 1,
    description: 'How long the event feed can be read back'
  })
})
export type Config = Static<typeof ConfigSchema>
