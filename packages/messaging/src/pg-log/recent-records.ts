import type { InRecord, OutRecord } from '../bus.ts'
import { partitionKey, type Position } from './log-store.ts'

/** Records of one partition that follow each other without a gap, as one publish appended them. */
interface Run {
  readonly from: number
  readonly records: readonly InRecord[]
  readonly bytes: number
}

/** Most bytes of values that are kept. */
const bytesMax = 8_000_000

/**
 * What this process has appended last, for its own readers: all groups get the same objects, and nothing is fetched
 * that is known. Holds of each partition one run without gaps, and forgets the oldest publishes first; who is
 * further behind, or reads what another process has appended, fetches.
 */
export class RecentRecords {
  readonly #runs = new Map<string, Run[]>()
  /** The partition of each run, oldest first. */
  #order: string[] = []
  #bytes = 0

  /** Takes in a publish that is stored, with the ends of the partitions it went to. */
  add (batch: readonly OutRecord[], ends: readonly Position[]): void {
    const byPartition = new Map<string, OutRecord[]>()
    for (const record of batch) {
      const key = partitionKey(record.topic, record.partition)
      const its = byPartition.get(key)
      if (its === undefined) byPartition.set(key, [record])
      else its.push(record)
    }
    for (const { topic, part, off: end } of ends) {
      const key = partitionKey(topic, part)
      this.#append(key, end, byPartition.get(key) ?? [])
    }
    while (this.#bytes > bytesMax) this.#forgetOldest()
  }

  /**
   * The records from a position on, at most `recordsMax` and (but for the first) `bytesMax` bytes of values; undefined
   * when that place is not known here.
   */
  read ({ topic, part, off }: Position, recordsMax: number, bytesMax: number): InRecord[] | undefined {
    const runs = this.#runs.get(partitionKey(topic, part)) ?? []
    const first = runs.findLastIndex(({ from }) => from <= off)
    const found: InRecord[] = []
    let bytes = 0
    for (const { from, records } of first === -1 ? [] : runs.slice(first)) {
      for (const record of records.slice(Math.max(0, off - from))) {
        bytes += record.value.byteLength
        if (found.length === recordsMax || (found.length > 0 && bytes > bytesMax)) return found
        found.push(record)
      }
    }
    return found.length === 0 ? undefined : found
  }

  #append (key: string, end: number, batch: readonly OutRecord[]): void {
    const from = end - batch.length
    const records = batch.map((record, i): InRecord => ({ ...record, offset: BigInt(from + i) }))
    const bytes = batch.reduce((sum, { value }) => sum + value.byteLength, 0)
    const last = this.#runs.get(key)?.at(-1)
    // Another process has appended in between, or the answers of two publishes came in the other order.
    if (last !== undefined && last.from + last.records.length !== from) this.#forget(key)
    const runs = this.#runs.get(key) ?? []
    runs.push({ from, records, bytes })
    this.#runs.set(key, runs)
    this.#order.push(key)
    this.#bytes += bytes
  }

  #forgetOldest (): void {
    const oldest = this.#runs.get(this.#order.shift()!)?.shift()
    this.#bytes -= oldest?.bytes ?? 0
  }

  #forget (key: string): void {
    for (const { bytes } of this.#runs.get(key) ?? []) this.#bytes -= bytes
    this.#runs.delete(key)
    this.#order = this.#order.filter((each) => each !== key)
  }
}
