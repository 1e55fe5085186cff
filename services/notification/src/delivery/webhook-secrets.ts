import { randomBytes } from 'node:crypto'

/** A fresh signing secret in the form of the Standard Webhooks specification. */
export function newWebhookSecret (): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}
