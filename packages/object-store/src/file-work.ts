import type { Tx } from '@dueline/postgres'
import { backoff, createPoller, type Poller } from '@dueline/runtime'
import { hasEnded } from './domain/file-states.ts'
import { verdict, type Refusal } from './domain/verdict.ts'
import { keyIn } from './file-keys.ts'
import { claimFiles, lookAgain, noteGone, putOff, stepFile } from './file-rows.ts'
import type { ClaimedFile, Step, StoredFile } from './file-rows.ts'
import { inspect } from './inspect.ts'
import { ObjectNotFound } from './store.ts'
import type { StoredFilesOptions } from './stored-files.ts'

type Options = StoredFilesOptions & { changed: (tx: Tx, file: StoredFile) => Promise<void> }

/** How many files are claimed at once; they are worked on one after the other, so that memory stays flat. */
const claimedMax = 10
/** How long a process has for what it has claimed before another one claims it. */
const leaseSeconds = 600
const waits = backoff({ initialMs: 1_000, maxMs: 600_000 })

/**
 * The loop that does what requests do not wait for: it checks what was uploaded, moves what passed, ends what nobody
 * finished, and deletes the objects of what has ended. What fails is put off (1 s, 2 s … 10 min) and disturbs no other.
 */
export function createFileWork (options: Options): { loop: Poller } {
  const { database, logger, idleMs = 5_000 } = options
  const done = options.metrics.counter('dueline_files_total', 'Files that have come to a state', ['state'])
  const failed = options.metrics.counter('dueline_file_work_failed_total', 'Times that work on a file was put off', [
    'state'
  ])

  async function step (file: StoredFile, next: Step): Promise<void> {
    const changed = await database.tx(async (tx) => {
      const changed = await stepFile(tx, file, file.state, next)
      if (changed !== undefined) await options.changed(tx, changed)
      return changed
    })
    // somebody has removed it meanwhile, and its object may have been moved after it was looked for
    if (changed === undefined) await lookAgain(database.read, file)
    else done.inc({ state: next.state })
  }

  const loop = createPoller({
    name: 'files',
    idleMs,
    logger,
    run: async (signal) => {
      const claimed = await database.tx(async (tx) => await claimFiles(tx, claimedMax, leaseSeconds))
      for (const file of claimed) {
        // another process need not wait for the lease to end
        if (signal.aborted) await putOff(database.read, file, 0)
        else await workOn(file)
      }
      return claimed.length > 0 ? 'busy' : 'idle'
    }
  })

  async function workOn (file: ClaimedFile): Promise<void> {
    try {
      await nextStep(options, file, step)
    } catch (error) {
      const retryMs = waits.nextMs(file.tries)
      failed.inc({ state: file.state })
      const about = { err: error, tenant: file.tenantId, file: file.id, state: file.state, retryMs }
      logger.warn(about, 'work on a file has failed, it is put off')
      await putOff(database.read, file, retryMs / 1_000)
    }
  }

  return { loop }
}

async function nextStep (
  { database, store, prefix, scanner }: Options,
  file: StoredFile,
  step: (file: StoredFile, next: Step) => Promise<void>
): Promise<void> {
  const [quarantined, checked] = [keyIn(prefix, 'quarantine', file), keyIn(prefix, 'files', file)]
  if (hasEnded(file.state)) {
    for (const key of [quarantined, checked]) {
      await store.delete(key)
      if (await store.head(key) !== undefined) throw new Error(`the object ${key} was deleted and is still there`)
    }
    await noteGone(database.read, file)
  } else if (file.state === 'reserved') {
    await step(file, { state: 'expired', work: true })
  } else if (file.state === 'uploaded') {
    const refusal = await judged()
    await step(
      file,
      refusal === undefined ? { state: 'checked', work: true } : { state: 'refused', work: true, refusal }
    )
  } else if (file.state === 'checked') {
    await store.move(quarantined, checked)
    await step(file, { state: 'ready', work: false })
  }

  async function judged (): Promise<Refusal | undefined> {
    try {
      return verdict(file, await inspect(store, quarantined, scanner))
    } catch (error) {
      if (error instanceof ObjectNotFound) return 'missing'
      throw error
    }
  }
}
