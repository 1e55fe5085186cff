import { systemClock } from '@dueline/runtime'
import { arrivals, silentLogger } from '@dueline/testkit'
import t from 'tap'
import { Recorder, type Batch, type Outcome } from '../../src/delivery/recorder.ts'

const owner = (ownerId: string) => ({ tenantId: 'acme', ownerId })
const outcome = (id: string, ownerId: string): Outcome<string> => ({
  id,
  owner: owner(ownerId),
  result: id,
  leaseEnd: systemClock.now() + 60_000_000
})

interface Write {
  readonly batch: Batch<string>
  end(error?: Error): void
}

/** Transactions that end when the test says so. */
function recording (atOnce: number) {
  const writes = arrivals<Write>()
  const done: Array<{ ids: string[], written: boolean }> = []
  const recorder = new Recorder<string>({
    clock: systemClock,
    logger: silentLogger,
    kind: 'webhook',
    atOnce,
    lookMicros: 1_000_000,
    write: async (batch) =>
      await new Promise((resolve, reject) => {
        writes.add({ batch, end: (error) => error === undefined ? resolve() : reject(error) })
      }),
    done: (outcomes, written) => {
      done.push({ ids: outcomes.map(({ id }) => id), written })
    }
  })
  const ownersOf = ({ batch }: Write): string[] => batch.owners.map(({ ownerId }) => ownerId)
  const idsOf = ({ batch }: Write): string[] => batch.outcomes.map(({ id }) => id)
  return { recorder, writes, done, ownersOf, idsOf }
}

t.test('one owner is in one transaction at a time, and holds up no other', async (t) => {
  const { recorder, writes, done, idsOf } = recording(3)
  recorder.add(outcome('a1', 'a'))
  recorder.add(outcome('a2', 'a'))
  recorder.add(outcome('b1', 'b'))
  const [slow, other] = await writes.atLeast(2) as [Write, Write]
  t.same([idsOf(slow), idsOf(other)], [['a1'], ['b1']], 'what comes of an owner meanwhile waits for it')
  other.end()
  recorder.look([owner('a')])
  slow.end()
  const next = (await writes.atLeast(3))[2]!
  t.same(idsOf(next), ['a2'], 'a look goes with what waits')
  t.equal(next.batch.owners.length, 1)
  next.end()
  await recorder.idle()
  t.same(done.map(({ ids }) => ids), [['b1'], ['a1'], ['a2']])
  t.equal(writes.all.length, 3)
})

t.test('what gathers while all transactions are taken goes together', async (t) => {
  const { recorder, writes, idsOf } = recording(1)
  for (const [id, of] of [['a1', 'a'], ['b1', 'b'], ['c1', 'c']] as const) recorder.add(outcome(id, of))
  const [first] = await writes.atLeast(1)
  t.same(idsOf(first!), ['a1'])
  first!.end()
  const second = (await writes.atLeast(2))[1]!
  t.same(idsOf(second), ['b1', 'c1'])
  second.end()
  await recorder.idle()
})

t.test('an outcome that cannot be written down is kept from the others', async (t) => {
  const { recorder, writes, done, ownersOf, idsOf } = recording(1)
  recorder.look([owner('z')])
  for (const [id, of] of [['a1', 'a'], ['b1', 'b'], ['b2', 'b']] as const) recorder.add(outcome(id, of))
  const poison = new Error('not for this column')
  ;(await writes.atLeast(1))[0]!.end()
  ;(await writes.atLeast(2))[1]!.end(poison)
  const third = (await writes.atLeast(3))[2]!
  t.same(ownersOf(third), ['a'])
  third.end()
  ;(await writes.atLeast(4))[3]!.end(poison)
  const fifth = (await writes.atLeast(5))[4]!
  t.same(idsOf(fifth), ['b1'])
  fifth.end(poison)
  const sixth = (await writes.atLeast(6))[5]!
  t.same(idsOf(sixth), ['b2'])
  sixth.end()
  await recorder.idle()
  t.same(done, [
    { ids: [], written: true },
    { ids: ['a1'], written: true },
    { ids: ['b1'], written: false },
    { ids: ['b2'], written: true }
  ])
})
