import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A secret of this data folder, made on first use and kept in a file that only its owner can read. */
async function keptSecret (folder: string, name: string, encoding: 'base64' | 'hex'): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, randomBytes(32).toString(encoding), { flag: 'wx', mode: 0o600 }).catch((error: { code?: string }) => {
    if (error.code !== 'EEXIST') throw error
  })
  return await readFile(file, 'utf8')
}

/** The key under which webhook signing secrets are sealed in the database. */
export function webhookSecretKey (folder: string): Promise<string> {
  return keptSecret(folder, 'webhook-secret-key', 'base64')
}

/** Before the names of the topics and groups of this folder's stack: what Kafka keeps belongs to one database. */
export async function kafkaPrefix (folder: string): Promise<string> {
  return `embedded-${(await keptSecret(folder, 'kafka-prefix', 'hex')).slice(0, 12)}.`
}

/** The password of the services' database roles. */
export function rolePassword (folder: string): Promise<string> {
  return keptSecret(folder, 'role-password', 'hex')
}
