import type { DuelineEvent } from '@dueline/contracts'
import { Signal, systemClock, systemIds } from '@dueline/runtime'
import type { ChildProcess } from 'node:child_process'
import { assigned } from '../services/notification/test/events.ts'
import { openLoop, quantile } from './measure.ts'
import { withNotification, type Notification } from './notification-service.ts'
import type { Result } from './scenario.ts'

const perSecond = 50
/** Of the events that are handed over meanwhile, each subject has every 25th. */
const subjects = Array.from({ length: 25 }, () => `ticket/${systemIds.next()}`)
const backlog = 150

interface Plan {
  readonly rounds: number
  readonly aloneSeconds: number
  readonly besideSeconds: number
}
interface Receivers {
  readonly healthy: string
  readonly hanging: string
}

/**
 * A webhook endpoint that answers at once, alone and beside one that never answers and has more than 100 events
 * pending: how long it takes from handing an event over until its request is received, at 50 events a second. The
 * phases take turns, so that what else the machine does falls on both. Beside is long enough for the hanging requests
 * to be given up (after 10 s), so both bounds of the other are had. The ratio is that of the p99 of all events of each
 * side; the median round's shows how much of it is the machine's.
 */
export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  const plan = quick
    ? { rounds: 1, aloneSeconds: 5, besideSeconds: 5 }
    : { rounds: 5, aloneSeconds: 8, besideSeconds: 12 }
  return await withNotification<Result, Receivers>(
    { peer: 'webhook-receivers', env: () => ({}) },
    async (notification, peer, receivers) => await new Fairness(notification, peer, receivers).measure(plan)
  )
}

class Fairness {
  readonly #notification: Notification
  readonly #peer: ChildProcess
  readonly #receivers: Receivers
  readonly #handedOver = new Map<string, { subject: string, at: number }>()
  readonly #received = new Map<string, number>()
  readonly #arrived = new Signal<void>()
  #twice = 0

  constructor (notification: Notification, peer: ChildProcess, receivers: Receivers) {
    this.#notification = notification
    this.#peer = peer
    this.#receivers = receivers
    peer.on('message', (message) => this.#receive(message as { id: string, receivedAt: number }))
  }

  async measure ({ rounds, aloneSeconds, besideSeconds }: Plan): Promise<Result> {
    const healthyId = await this.#register(this.#receivers.healthy)
    // what a process in service has long done: compiling, preparing statements, connecting
    await this.#phase(3)
    const alone: number[][] = []
    const beside: number[][] = []
    const pending: number[] = []
    for (let round = 0; round < rounds; round++) {
      alone.push(await this.#phase(aloneSeconds))
      const hangingId = await this.#register(this.#receivers.hanging)
      await this.#handOver(Array.from({ length: backlog }, () => `ticket/${systemIds.next()}`))
      await this.#allReceived()
      pending.push(await this.#pending(hangingId))
      beside.push(await this.#phase(besideSeconds))
      await this.#notification.call('DELETE', `/webhook-endpoints/${hangingId}`)
      this.#peer.send('close')
    }
    return {
      figures: {
        alone_events: alone.flat().length,
        beside_events: beside.flat().length,
        hanging_pending_least: Math.min(...pending),
        ...ratios(alone, beside),
        outOfOrder: await this.#outOfOrder(healthyId),
        twice: this.#twice,
        lost: this.#handedOver.size - this.#received.size
      },
      targets: {
        alone_events: { atLeast: 1_000 },
        beside_events: { atLeast: 1_000 },
        hanging_pending_least: { atLeast: 100 },
        p99_ratio: { atMost: 1.2 },
        outOfOrder: { atMost: 0 },
        twice: { atMost: 0 },
        lost: { atMost: 0 }
      }
    }
  }

  /** @returns of each event, how long it took to be received, in milliseconds */
  async #phase (seconds: number): Promise<number[]> {
    const ids: string[] = []
    await openLoop({
      perSecond,
      seconds,
      call: async (index) => {
        ids.push(...await this.#handOver([subjects[index % subjects.length]!]))
      }
    })
    await this.#allReceived()
    return ids.map((id) => ((this.#received.get(id) ?? NaN) - this.#handedOver.get(id)!.at) / 1_000)
  }

  async #register (url: string): Promise<string> {
    const input = { url, types: ['dueline.ticket.assigned.v1'] }
    return (await this.#notification.call('POST', '/webhook-endpoints', input)).body.id
  }

  async #pending (endpointId: string): Promise<number> {
    const text = "select 1 from webhook_delivery where endpoint_id = $1 and state = 'pending'"
    return (await this.#notification.database.pool.query(text, [endpointId])).rowCount ?? 0
  }

  /** How many arrived after one of their subject that stands behind them. */
  async #outOfOrder (endpointId: string): Promise<number> {
    const { rows } = await this.#notification.database.pool.query<{ id: string, position: string }>(
      'select event_id as id, position from webhook_delivery where endpoint_id = $1',
      [endpointId]
    )
    const positions = new Map(rows.map(({ id, position }) => [id, Number(position)]))
    const last = new Map<string, number>()
    let outOfOrder = 0
    for (const id of this.#received.keys()) {
      const { subject } = this.#handedOver.get(id)!
      const position = positions.get(id)!
      if (position < (last.get(subject) ?? 0)) outOfOrder++
      last.set(subject, Math.max(position, last.get(subject) ?? 0))
    }
    return outOfOrder
  }

  /** One event of each subject, together. @returns their ids */
  async #handOver (each: readonly string[]): Promise<string[]> {
    const events: DuelineEvent[] = each.map((subject) => ({ ...assigned(null, null), id: systemIds.next(), subject }))
    for (const { id, subject } of events) this.#handedOver.set(id, { subject, at: systemClock.now() })
    await this.#notification.deliver(...events)
    return events.map(({ id }) => id)
  }

  #receive ({ id, receivedAt }: { id: string, receivedAt: number }): void {
    if (!this.#handedOver.has(id)) throw new Error(`${id} was never handed over`)
    if (this.#received.has(id)) this.#twice++
    else this.#received.set(id, receivedAt)
    this.#arrived.emit()
  }

  async #allReceived (): Promise<void> {
    while (this.#received.size < this.#handedOver.size) await this.#arrived.next()
  }
}

function ratios (alone: readonly number[][], beside: readonly number[][]): Record<string, number> {
  const [all, allBeside] = [alone.flat(), beside.flat()]
  const perRound = alone.map((each, round) => quantile(beside[round]!, 0.99) / quantile(each, 0.99))
  return {
    alone_p50_ms: quantile(all, 0.5),
    beside_p50_ms: quantile(allBeside, 0.5),
    alone_p99_ms: quantile(all, 0.99),
    beside_p99_ms: quantile(allBeside, 0.99),
    p99_ratio: quantile(allBeside, 0.99) / quantile(all, 0.99),
    p99_ratio_median_round: quantile(perRound, 0.5)
  }
}
