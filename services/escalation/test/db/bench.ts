import type { Micros } from '@dueline/business-time'
import { clockEventTypes, isOneOf, ticketFactTypes, type DuelineEvent } from '@dueline/contracts'
import { createOutbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import { createMetrics, systemClock, systemIds } from '@dueline/runtime'
import { createTimers } from '@dueline/timers'
import { asOwner, fakeClock, silentLogger, testDatabase, type TestContext } from '@dueline/testkit'
import { migrations, schema } from '../../src/app.ts'
import { onClockChanged } from '../../src/consumers/on-clock-changed.ts'
import { onPersonChanged } from '../../src/consumers/on-person-changed.ts'
import { onTicketChanged } from '../../src/consumers/on-ticket-changed.ts'
import { onWake } from '../../src/consumers/on-wake.ts'
import { createRecorder, timerKind } from '../../src/cases/recorder.ts'
import { tenant } from '../events.ts'

/** The service's handlers on a database of their own, without bus or running timers: a test decides what comes when. */
export async function startBench (t: TestContext) {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const makeTimers = () => {
    const timers = createTimers({
      database,
      clock: systemClock,
      logger: silentLogger,
      metrics: createMetrics('escalation')
    })
    const recorder = createRecorder({ outbox: createOutbox(), timers, ids: systemIds })
    const fire = onWake({ ids: systemIds, recorder })
    timers.handle(timerKind, { ownerTable: 'escalation_case', fire })
    return { timers, recorder, fire }
  }
  const { recorder, fire } = makeTimers()
  const followClocks = onClockChanged({ clock: fakeClock(1_800_000_000_000_000), recorder })

  async function handle (tx: Tx, events: readonly DuelineEvent[]): Promise<void> {
    const ofClocks = events.filter((event) => isOneOf(event, clockEventTypes))
    if (ofClocks.length > 0) await followClocks(tx, ofClocks)
    const ofTickets = events.filter((event) => isOneOf(event, ticketFactTypes))
    if (ofTickets.length > 0) await onTicketChanged(tx, ofTickets)
    const ofPeople = events.filter((event) => event.type === 'dueline.person.changed.v1')
    if (ofPeople.length > 0) await onPersonChanged(tx, ofPeople)
  }
  const rows = async (sql: string, values: unknown[] = []): Promise<any[]> =>
    (await database.pool.query(sql, values)).rows

  return {
    database,
    recorder,
    fire,
    handle,
    makeTimers: () => makeTimers().timers,
    rows,
    /** One transaction with these events. */
    receive: async (...events: DuelineEvent[]): Promise<void> =>
      await database.tx(async (tx) => await handle(tx, events)),
    /** The timers of these clocks fire, at `now`. */
    wake: async (now: Micros, ...clockIds: string[]): Promise<void> =>
      await database.tx(async (tx) =>
        await fire(
          tx,
          clockIds.map((ownerId) => ({ kind: timerKind, tenantId: tenant, ownerId, dueAt: now, catchUp: false })),
          now
        )
      ),
    sent: async (): Promise<string[]> =>
      (await rows('select type from outbox order by seq')).map(({ type }) =>
        type.replace(/^dueline\.escalation\.|\.v1$/g, '')
      ),
    reset: async (): Promise<void> => {
      await asOwner(database, 'truncate escalation_case, escalation, escalation_entry, ticket, person, timer, outbox')
    }
  }
}
