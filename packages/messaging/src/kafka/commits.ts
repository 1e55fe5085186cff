/** A place in a partition up to which everything is handled. */
export interface Handled {
  topic: string
  partition: number
  offset: string
}

type Send = (
  offsets: { topics: Array<{ topic: string, partitions: Array<{ partition: number, offset: string }> }> }
) => Promise<void>

function placeOf ({ topic, partition }: Handled): string {
  return `${topic}/${partition}`
}

/**
 * Gathers what is handled in the same turn of the event loop, or while a commit is on its way, into one request: a
 * transaction often ends the batches of all partitions together.
 */
export class Commits {
  #waiting = new Map<string, Handled>()
  #next: Promise<void> | undefined
  #generation = 0
  #last: Promise<void> = Promise.resolve()

  /**
   * Resolves when the place is stored. `send` is the batch's own commit: only its errors make the client join again.
   */
  async add (handled: Handled, send: Send): Promise<void> {
    this.#waiting.set(placeOf(handled), handled)
    this.#next ??= this.#flush(send)
    await this.#next
  }

  /** The group was joined anew: what was not stored by now is delivered again. */
  forget (): void {
    this.#generation++
    this.#waiting.clear()
  }

  async #flush (send: Send): Promise<void> {
    await Promise.all([this.#last.catch(() => {}), new Promise((resolve) => setImmediate(resolve))])
    const generation = this.#generation
    const places = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#last = this.#next!
    this.#next = undefined
    if (places.length === 0) return
    const topics = [...new Set(places.map(({ topic }) => topic))]
    try {
      await send({
        topics: topics.map((topic) => ({ topic, partitions: places.filter((place) => place.topic === topic) }))
      })
    } catch (error) {
      // the next commit takes them along, unless the group was joined anew
      for (const place of places) {
        if (generation === this.#generation && !this.#waiting.has(placeOf(place))) {
          this.#waiting.set(placeOf(place), place)
        }
      }
      throw error
    }
  }
}
