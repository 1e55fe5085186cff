import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Database } from '@dueline/postgres'
import type { Clock, Ids, Logger, Loop, Metrics } from '@dueline/runtime'
import type { AuthOptions } from './principal.ts'
import type { App } from './types.ts'

/** Everything a service is made of from outside. `B` is the event bus port of `@dueline/messaging`. */
export interface ServiceDeps<C, B = unknown> {
  config: C
  logger: Logger
  clock: Clock
  ids: Ids
  metrics: Metrics
  database: Database
  bus: B
  auth: AuthOptions
}

/** A built service: nothing listens or runs before its caller says so. */
export interface Service {
  readonly http: App
  readonly loops: readonly Loop[]
}

/** A service that listens and works. */
export interface RunningService {
  /** Where it listens, with the port that was really taken. */
  readonly url: string
  /**
   * Stops in reverse: takes no more requests, ends the running ones and then the loops. Connections that are still open after
   * `graceMs` are cut. Idempotent. Resolves when nothing of the service runs any more.
   */
  stop (graceMs?: number): Promise<void>
}

/**
 * Connections on which nothing was ever said: browsers and HTTP clients open some ahead of need. Node takes them for busy,
 * so a stop would wait for them until its grace is over.
 */
function closerOfSilent (server: Server): () => void {
  const open = new Set<Socket>()
  let closing = false
  server.on('connection', (socket: Socket) => {
    if (closing) socket.destroy()
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return () => {
    closing = true
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
  }
}

/**
 * Starts a service's loops and lets it listen. When a part does not start, those before it are stopped again.
 * @throws what the part threw
 */
export async function runService (service: Service, { host, port, logger }: { host: string, port: number, logger: Logger }): Promise<RunningService> {
  const started: Loop[] = []
  async function stopLoops (): Promise<void> {
    for (const loop of started.reverse()) {
      await loop.stop().catch((error: unknown) => logger.error({ err: error, loop: loop.name }, 'loop did not stop cleanly'))
    }
  }
  const closeSilent = closerOfSilent(service.http.server)
  let url: string
  try {
    await service.http.ready()
    for (const loop of service.loops) {
      await loop.start()
      started.push(loop)
    }
    url = await service.http.listen({ host, port })
  } catch (error) {
    await stopLoops()
    await service.http.close()
    throw error
  }
  logger.info({ url }, 'listening')

  async function stop (graceMs: number): Promise<void> {
    const cut = setTimeout(() => {
      logger.warn({ graceMs }, 'cutting connections that did not end in time')
      service.http.server.closeAllConnections()
    }, graceMs)
    const closed = service.http.close()
    closeSilent()
    await closed
    clearTimeout(cut)
    await stopLoops()
    logger.info('stopped')
  }
  let stopped: Promise<void> | undefined
  return {
    url,
    async stop (graceMs = 10_000) {
      stopped ??= stop(graceMs)
      await stopped
    }
  }
}
