import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { storedFile } from '@dueline/demo'

/** A secret of this data folder, made on first use. */
async function storedSecret (folder: string, name: string, encoding: 'base64' | 'hex'): Promise<string> {
  return await storedFile(join(folder, name), () => randomBytes(32).toString(encoding))
}

/** The key under which webhook signing secrets are sealed in the database. */
export function webhookSecretKey (folder: string): Promise<string> {
  return storedSecret(folder, 'webhook-secret-key', 'base64')
}

/** The key with which the secrets of API keys are hashed. */
export function apiKeySecret (folder: string): Promise<string> {
  return storedSecret(folder, 'api-key-secret', 'base64')
}

/** The key that signs the addresses by which files are sent and got. */
export function objectSigningKey (folder: string): Promise<string> {
  return storedSecret(folder, 'object-signing-key', 'base64')
}

/** Before the names of the topics and groups of this folder's stack: what Kafka keeps belongs to one database. */
export async function kafkaPrefix (folder: string): Promise<string> {
  return `embedded-${(await storedSecret(folder, 'kafka-prefix', 'hex')).slice(0, 12)}.`
}

/** The password of the services' database roles. */
export function rolePassword (folder: string): Promise<string> {
  return storedSecret(folder, 'role-password', 'hex')
}
