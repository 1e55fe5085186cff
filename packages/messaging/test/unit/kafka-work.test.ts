import { backoff } from '@dueline/runtime'
import { silentLogger } from '@dueline/testkit'
import type { EachBatchPayload } from 'kafkajs'
import t from 'tap'
import { Commits } from '../../src/kafka/commits.ts'
import { Work, type WorkHost } from '../../src/kafka/work.ts'

/** One partition with a record in work; each handler runs until it is released. */
function partition () {
  const releases: Array<() => void> = []
  const state = { isPaused: false }
  const payload = {
    batch: {
      topic: 'tickets',
      partition: 3,
      messages: [{ offset: '0', key: null, value: Buffer.from('x'), headers: {} }],
      lastOffset: () => '0'
    },
    pause () {
      state.isPaused = true
      return () => {
        state.isPaused = false
      }
    },
    resolveOffset () {},
    commitOffsetsIfNecessary: async () => {},
    heartbeat: async () => {}
  } as unknown as EachBatchPayload
  const host: WorkHost = {
    group: 'readers',
    logger: silentLogger,
    backoff: backoff({ initialMs: 1, maxMs: 1 }),
    commits: new Commits(),
    batchRecordsMax: 500,
    prefix: '',
    handler: async () =>
      await new Promise<void>((resolve) => {
        releases.push(resolve)
      }),
    isSilent: () => false
  }
  return { state, releases, work: (before?: Promise<unknown>) => new Work(host, payload, before) }
}

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve))

t.test('a partition stays paused until its work is finished', async (t) => {
  const { state, releases, work } = partition()
  const first = work()
  await turn()
  first.pause()
  t.equal(state.isPaused, true)
  releases[0]?.()
  await first.finished
  t.equal(state.isPaused, false)
  first.pause()
  t.equal(state.isPaused, false, 'and is not paused by work that is over')
})

t.test('work on a lost partition gives up its pause once, and leaves that of its successor alone', async (t) => {
  const { state, releases, work } = partition()
  const first = work()
  await turn()
  first.pause()
  first.lose()
  t.equal(state.isPaused, false, 'assigned anew, it is read anew')
  first.pause()
  t.equal(state.isPaused, false, 'and the lost work does not hold it up any more')
  const second = work(first.finished)
  await turn()
  t.equal(releases.length, 1, 'the successor waits')
  second.pause()
  releases[0]?.()
  await first.finished
  await turn()
  t.equal(state.isPaused, true, 'what the successor works on is not read again')
  releases[1]?.()
  await second.finished
  t.equal(state.isPaused, false)
})
