import { isTransient } from '@dueline/postgres'
import type { Pool } from 'pg'
import { BusError, type BusProducer, type OutRecord } from '../bus.ts'
import { appendRecords, type Position } from './log-store.ts'

/** A producer on the log. `appended` gives the readers of this process what was stored and where the log ends now. */
export function createPgLogProducer (
  pool: Pool,
  appended: (batch: readonly OutRecord[], ends: readonly Position[]) => void
): BusProducer {
  let state: 'ready' | 'sending' | 'spent' = 'ready'

  async function send (batch: readonly OutRecord[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const stored = appendRecords(pool, batch).then((ends) => appended(batch, ends))
    let stop = (): void => {}
    const aborted = new Promise<never>((resolve, reject) => {
      stop = () => reject(signal.reason)
      signal.addEventListener('abort', stop)
    })
    // when aborted, the statement may still succeed: its outcome is then nobody's business
    stored.catch(() => {})
    await Promise.race([stored, aborted]).finally(() => signal.removeEventListener('abort', stop))
  }

  return {
    async publish (batch, { signal }) {
      if (state === 'spent') throw new BusError('fatal', 'this producer is spent: make a new one')
      if (state === 'sending') throw new BusError('fatal', 'one publish at a time')
      if (batch.length === 0) return
      state = 'sending'
      try {
        await send(batch, signal)
        state = 'ready'
      } catch (error) {
        state = 'spent'
        throw toBusError(error, signal)
      }
    },
    async close () {
      state = 'spent'
    }
  }
}

function toBusError (error: unknown, signal: AbortSignal): BusError {
  if (error instanceof BusError) return error
  if (signal.aborted) return new BusError('retriable', 'publish was given up', error)
  if (isTransient(error)) return new BusError('retriable', 'the log cannot be reached', error)
  const { code } = error as { code?: unknown }
  // the offset of a record whose partition does not exist is null
  if (code === '23502') return new BusError('fatal', 'unknown topic or partition', error)
  // 42P01, 3F000: not migrated yet; 57014: statement timeout; 53xxx: out of disk or memory; 25006: read-only standby
  if (typeof code === 'string' && /^(42P01|3F000|57014|53|25006|XX)/.test(code)) {
    return new BusError('retriable', 'the log is not ready', error)
  }
  return new BusError('fatal', (error as Error).message, error)
}
