import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeServer } from '@dueline/embedded-postgres'
import { logFile } from './folder.ts'

/** What a stack keeps in its folder beside its Postgres. Whatever else lies there is somebody else's. */
const storedNames = [
  'mail',
  'issuer-key.json',
  'webhook-secret-key',
  'role-password',
  'kafka-prefix',
  logFile,
  `${logFile}.old`
]

/** Forgets what a stack has kept in `folder`. @throws ServerFault, with nothing forgotten, when one runs on it */
export async function resetFolder (folder: string): Promise<void> {
  await removeServer(join(folder, 'postgres'))
  for (const name of storedNames) await rm(join(folder, name), { recursive: true, force: true })
  // only when it is empty
  await rmdir(folder).catch(() => {})
}
