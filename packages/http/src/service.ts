import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
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
   * Stops in reverse: is no longer ready, gives callers up to a second to let go of their connections, takes no more
   * requests, ends the running ones and then the loops. Connections that are still open after `graceMs` are cut.
   * Idempotent. Resolves when nothing of the service runs any more.
   */
  stop(graceMs?: number): Promise<void>
}

/**
 * How long callers have to use a connection once more and learn there that it ends. One that is cut while a request
 * is on its way leaves a caller with no answer, and whoever has requests leaves few connections unused for longer.
 */
const partingMs = 1_000
/** Turns of the event loop in which what has reached a busy process is read: a connection, and the request on it. */
const readingTurns = 3

/**
 * What parts a server from its callers before it closes: waits until they have let go of the connections they have
 * used, or have had `partingMs` to do so. Then reads what has arrived: in a busy process a request may have waited for
 * longer, and its connection looks unused until then. Last, it ends those on which nothing was ever said: browsers and
 * HTTP clients open some ahead of need. Node takes them for busy: a stop would wait for them until its grace is over.
 */
function partingOf (server: Server): () => Promise<void> {
  const open = new Set<Socket>()
  let closing = false
  let check = (): void => {}
  server.on('connection', (socket: Socket) => {
    if (closing) socket.destroy()
    open.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      check()
    })
  })
  const silent = (): Socket[] => [...open].filter(({ bytesRead }) => bytesRead === 0)
  return async () => {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, partingMs)
      check = () => {
        if (silent().length < open.size) return
        clearTimeout(timer)
        resolve()
      }
      check()
    })
    for (let turn = 0; turn < readingTurns; turn++) await nextTurn()
    closing = true
    for (const socket of silent()) socket.destroy()
  }
}

const compiled = new WeakMap<Service, Promise<unknown>>()

/**
 * Compiles a service's routes, which is nearly all the processor time that a start takes. `runService` does it too; who
 * runs several services in one process compiles all of them first: the loops of one would wait while the next compiles,
 * and lose what they must renew in time.
 */
export async function compileService (service: Service): Promise<void> {
  let ready = compiled.get(service)
  if (ready === undefined) {
    // The hook of the last scope comes last: streams have ended then.
    service.http.register(async (last) => {
      last.addHook('preClose', partingOf(service.http.server))
    })
    ready = Promise.resolve(service.http.ready())
    compiled.set(service, ready)
  }
  await ready
}

/**
 * Starts a service's loops and lets it listen. When a part does not start, those before it are stopped again.
 * @throws what the part threw
 */
export async function runService (
  service: Service,
  { host, port, logger }: { host: string, port: number, logger: Logger }
): Promise<RunningService> {
  const started: Loop[] = []
  async function stopLoops (): Promise<void> {
    for (const loop of started.reverse()) {
      await loop.stop().catch((error: unknown) =>
        logger.error({ err: error, loop: loop.name }, 'loop did not stop cleanly')
      )
    }
  }
  let url: string
  try {
    await compileService(service)
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
    await service.http.close()
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
