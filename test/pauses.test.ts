// Tests wait for what happens, and never for time to pass: nothing else holds on a busy machine.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

/** Where time itself is meant, and why no signal can stand for it. */
const argued: Readonly<Record<string, string>> = {
  'packages/http/test/unit/parts.test.ts': 'a processor that is kept busy',
  'packages/messaging/conformance/bus-conformance.ts': 'nothing signals the end of a rebalance of a real broker',
  'packages/messaging/conformance/reading.ts': 'this is `until`: it looks again',
  'packages/messaging/test/db/consumer.test.ts': 'a handler that is slow',
  'packages/messaging/test/db/crash.test.ts': 'kills at random, and that nothing more comes',
  'packages/messaging/test/db/pg-log.test.ts': 'a lease of 50 ms that runs out, and what a second of idling costs',
  'packages/messaging/test/db/relay.test.ts': 'commits that overtake each other, and that nothing happens meanwhile',
  'packages/messaging/test/kafka/client-defects.test.ts': 'how many timers the client makes in two seconds',
  'packages/messaging/test/kafka/faults.test.ts': 'a handler that is slow, and a caller that comes again later',
  'packages/postgres/test/db/database.test.ts': 'a statement that takes too long',
  'packages/postgres/test/db/migrate.test.ts': 'a migration that takes long enough to be met by another',
  'packages/testkit/src/eventually.ts': 'this is `eventually`: it looks again',
  'packages/testkit/src/kafka-answers.ts': 'a broker that starts is asked until it answers',
  'packages/testkit/src/test-s3.ts': 'a server that starts is asked until it answers',
  'packages/timers/test/db/race.test.ts': 'kills at random',
  'packages/timers/test/fixtures/race.ts': 'a transaction that is slow between two steps',
  'services/gateway/test/api/event-streams.test.ts': 'a silence longer than the time limit of other answers',
  'services/sla-policy/test/api/table-threads.test.ts': 'a thread that is held looks again until it is let go',
  'test/e2e/embedded-start.test.ts': 'that an echo of a signal does nothing',
  'test/e2e/npm-signals.test.ts': 'a process that takes longer to end than the one that has started it',
  'test/e2e/one-stack/live-desk.test.ts': 'a page that rests before it connects again'
}
/** A pause of its own process, or of a statement; turns of the event loop and limits of tap are none. */
const pause = /import \{[^}]*\bsetTimeout\b[^}]*\} from 'node:timers|(?<!\.)\bsetTimeout\(|\bpg_sleep\b|Atomics\.wait\(/

function sources (): string[] {
  const parents = ['packages', 'services', 'infra'].flatMap((parent) =>
    readdirSync(parent).map((each) => join(parent, each))
  )
  const folders = parents.flatMap((each) => [join(each, 'test'), join(each, 'conformance')])
  return [...folders, 'packages/testkit/src', 'test'].filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    // drills and faults put load on running systems, for as long as they say
    .filter((file) => /\.m?ts$/.test(file) && !/^test\/(drills|harness\/faults)\//.test(file))
    .filter((file) => file !== 'test/pauses.test.ts')
}

t.test('no test waits for time to pass but where that is argued', async (t) => {
  const files = sources()
  t.ok(files.length > 200, `${files.length} files`)
  t.same(files.filter((file) => pause.test(readFileSync(file, 'utf8'))).sort(), Object.keys(argued).sort())
})

t.test('the counter-test: what would be found', async (t) => {
  for (
    const text of [
      "import { setTimeout as delay } from 'node:timers/promises'",
      "import { setImmediate, setTimeout } from 'node:timers/promises'",
      'await new Promise((resolve) => setTimeout(resolve, 100))',
      "await pool.query('select pg_sleep(1)')"
    ]
  ) t.match(text, pause)
  for (const text of ["import { setImmediate as turn } from 'node:timers/promises'", 't.setTimeout(0)']) {
    t.notMatch(text, pause)
  }
})
