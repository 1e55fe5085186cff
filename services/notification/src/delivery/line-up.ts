import type { DuelineEvent } from '@dueline/contracts'
import type { Database } from '@dueline/postgres'
import { createPoller, type Logger, type Loop } from '@dueline/runtime'
import { lanesMax } from '../store/lane-store.ts'
import { readBehind, readInterested, type Behind } from '../store/line-up-store.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Owner } from './recorder.ts'
import { ownerOf } from './webhook-channel.ts'

/** Sees to it that endpoints read what the feed has for them. */
export interface LineUp extends Loop {
  /** These were appended to the feed, in this process. */
  grew(events: readonly DuelineEvent[]): void
}

interface LineUpDeps {
  readonly database: Database
  readonly logger: Logger
  readonly webhooks: Pick<Dispatcher, 'look' | 'sending'>
}

/** How often all endpoints are looked after: what a process that died has left is found by then. */
const sweepMs = 5_000
/** How long an endpoint that has as much begun as it may leaves the feed alone. */
const fullMs = 1_000

/**
 * Has endpoints looked at after the feed has grown. One that has as much begun as it may could begin nothing: it reads
 * when something of that has ended, or after a second, many events at once. So a receiver that hangs costs next to
 * nothing.
 */
export function createLineUp ({ database, logger, webhooks }: LineUpDeps): LineUp {
  let grown = new Map<string, Set<string>>()
  let sweptMs = -Infinity
  const full = new Map<string, Owner>()
  let fullTimer: NodeJS.Timeout | undefined

  async function run (): Promise<'idle'> {
    const wanted = grown
    grown = new Map()
    for (const [tenantId, types] of wanted) look(await readInterested(database.read, tenantId, [...types]))
    if (performance.now() - sweptMs >= sweepMs) {
      look(await readBehind(database.read))
      sweptMs = performance.now()
    }
    return 'idle'
  }

  function look (endpoints: readonly Behind[]): void {
    const free: Owner[] = []
    for (const endpoint of endpoints) {
      const max = endpoint.failing ? lanesMax.failing : lanesMax.healthy
      if (webhooks.sending(endpoint.endpointId) < max) free.push(ownerOf(endpoint))
      else full.set(endpoint.endpointId, ownerOf(endpoint))
    }
    webhooks.look(free)
    if (full.size > 0) fullTimer ??= setTimeout(lookAtFull, fullMs)
  }

  function lookAtFull (): void {
    fullTimer = undefined
    const owners = [...full.values()]
    full.clear()
    webhooks.look(owners)
  }

  const poller = createPoller({ name: 'webhooks from the feed', run, idleMs: sweepMs, logger })
  return {
    name: poller.name,
    start: async () => await poller.start(),
    async stop () {
      await poller.stop()
      clearTimeout(fullTimer)
      fullTimer = undefined
      full.clear()
    },
    grew (events) {
      for (const { tenantid, type } of events) {
        const types = grown.get(tenantid) ?? new Set()
        grown.set(tenantid, types.add(type))
      }
      poller.wake()
    }
  }
}
