// Mutated files for an importer that runs in a worker thread with limits.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Test } from 'tap'

/** What the worker says of a file: it was read, or refused with a code, or failed in a way that nobody foresaw. */
export type Outcome = { kind: 'read' } | { kind: 'refused', code: string } | { kind: 'failed', error: string }

interface Fuzzing {
  files: readonly (readonly [string, Uint8Array])[]
  /** Of the worker, which gets bytes and answers each with an outcome. */
  worker: URL
  mutated: (bytes: Uint8Array, random: () => number) => Uint8Array
  runs: number
}
const patienceMs = 20_000
const heapMb = 256

/**
 * Gives mutated files to a worker and reports the share that was read and refused. Fails where one is neither, where
 * the worker ends, and where it takes longer than its time. `DUELINE_PROPERTY_RUNS` is the number of files,
 * `DUELINE_PROPERTY_SEED` where the numbers begin.
 */
export async function fuzz (t: Test, { files, worker, mutated, runs }: Fuzzing): Promise<void> {
  t.setTimeout(3_600_000)
  const count = Number(process.env.DUELINE_PROPERTY_RUNS ?? runs)
  const seed = Number(process.env.DUELINE_PROPERTY_SEED ?? 1)
  const thread = new Worker(worker, { resourceLimits: { maxOldGenerationSizeMb: heapMb } })
  const ended = once(thread, 'exit').then(() => ({ kind: 'failed', error: 'the worker ended' }) as const)
  thread.on('error', () => {})
  const counts = { read: 0, refused: 0 }
  try {
    for (let run = 0; run < count; run++) {
      const [name, bytes] = files[run % files.length]!
      const outcome = await outcomeOf(thread, mutated(bytes, randomFrom(seed + run)), ended)
      if (outcome.kind === 'failed') {
        t.fail(`${name}, DUELINE_PROPERTY_SEED=${seed + run} (of ${files.length} files): ${outcome.error}`)
        return
      }
      counts[outcome.kind]++
    }
  } finally {
    await thread.terminate()
  }
  t.ok(counts.read > 0 && counts.refused > 0, `${counts.read} were read, ${counts.refused} refused`)
}

async function outcomeOf (thread: Worker, bytes: Uint8Array, ended: Promise<Outcome>): Promise<Outcome> {
  const answer = once(thread, 'message', { signal: AbortSignal.timeout(patienceMs) }).then(
    ([outcome]) => outcome as Outcome,
    () => ({ kind: 'failed', error: 'the worker took too long' }) as const
  )
  thread.postMessage(bytes)
  return await Promise.race([answer, ended])
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom (seed: number): () => number {
  let state = seed * 0x9e3779b9 | 0
  return () => {
    state = state + 0x6d2b79f5 | 0
    let mixed = Math.imul(state ^ state >>> 15, 1 | state)
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed
    return ((mixed ^ mixed >>> 14) >>> 0) / 4_294_967_296
  }
}

/** Some changes of bytes: other bytes, a piece left out, doubled or moved, an end that is missing, words put in. */
export function mutatedBytes (bytes: Uint8Array, random: () => number, words: readonly string[]): Uint8Array {
  let changed = Buffer.from(bytes)
  const below = (limit: number) => Math.floor(random() * limit)
  for (let count = 1 + below(6); count > 0; count--) {
    const at = below(changed.length)
    const end = Math.min(changed.length, at + 1 + below(random() < 0.5 ? 8 : 400))
    const word = Buffer.from(words[below(words.length)] ?? '')
    switch (below(7)) {
      case 0:
        changed[at] = below(256)
        break
      case 1:
        changed = Buffer.concat([changed.subarray(0, at), changed.subarray(end)])
        break
      case 2:
        changed = Buffer.concat([changed.subarray(0, end), changed.subarray(at)])
        break
      case 3:
        if (random() < 0.2) changed = changed.subarray(0, at)
        break
      case 4:
        changed = Buffer.concat([changed.subarray(0, at), word, changed.subarray(at)])
        break
      case 5:
        word.copy(changed, at)
        break
      default:
        changed.copy(changed, below(changed.length), at, end)
    }
    if (changed.length === 0) return changed
  }
  return changed
}
