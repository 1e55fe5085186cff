import { createDatabase, createSchemas, migrate } from '@dueline/postgres'
import { systemIds } from '@dueline/runtime'
import { silentLogger } from '@dueline/testkit'
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { migrations, schema } from '../services/notification/src/app.ts'
import { startNotification } from '../services/notification/test/api/harness.ts'
import { withFreshDatabase } from './fresh-database.ts'

export type Notification = Awaited<ReturnType<typeof startNotification>>

/**
 * The notification service in this process, its database waiting for the disk, and what it sends to in a process of its
 * own: `peer` names a file in `peers/`. Events are handed over, not consumed. Everything is gone afterwards.
 */
export async function withNotification<T, Ready> (
  { peer, env }: { peer: string, env(ready: Ready): Record<string, string> },
  use: (notification: Notification, receiver: ChildProcess, ready: Ready) => Promise<T>
): Promise<T> {
  return await withFreshDatabase('notification', async (adminUrl) => {
    const login = { schema, role: `bench_${schema}`, password: systemIds.next() }
    await createSchemas({ adminUrl, roles: [login] })
    const url = Object.assign(new URL(adminUrl), { username: login.role, password: login.password }).href
    await migrate({ url: adminUrl, schema, sources: migrations, logger: silentLogger })
    const database = createDatabase({ url, schema, poolMax: 10, applicationName: 'bench', logger: silentLogger })
    const endings: Array<() => unknown> = []
    const receiver = fork(fileURLToPath(new URL(`./peers/${peer}.ts`, import.meta.url)))
    try {
      const ready = await answerOf<Ready>(receiver)
      const context = {
        name: peer,
        teardown: (ending: () => unknown) => {
          endings.unshift(ending)
        },
        passing: () => true,
        comment: () => {}
      }
      const notification = await startNotification(context, env(ready), { on: { url, database, name: peer } })
      return await use(notification, receiver, ready)
    } finally {
      // before the service, which waits for the answers to what it has sent
      receiver.kill()
      for (const end of endings) await end()
      await database.close()
    }
  })
}

/** The next message of a process; `question` is sent to it first. @throws Error when it ends instead */
export async function answerOf<T> (child: ChildProcess, question?: string): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const gone = (): void => reject(new Error(`${child.spawnfile} ended before it answered`))
    child.once('exit', gone)
    child.once('message', (message) => {
      child.off('exit', gone)
      resolve(message as T)
    })
    if (question !== undefined) child.send(question)
  })
}
