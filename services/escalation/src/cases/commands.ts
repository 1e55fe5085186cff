import { isUuid, type Actor } from '@dueline/contracts'
import { baseErrors, problem, type Principal } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import type { Clock } from '@dueline/runtime'
import type { Concerned } from '../access.ts'
import { decide, type Input, type LevelContext } from '../domain/escalation.ts'
import { decidedEventsOf } from '../domain/decided-event.ts'
import { errors } from '../errors.ts'
import type { Recorder } from './recorder.ts'
import { loadCases, lockCases, type StoredCase } from '../store/case-store.ts'
import { findEscalation, historyOf, type StoredEntry, type StoredEscalation } from '../store/escalation-store.ts'
import { findPeople } from '../store/people-store.ts'
import { readLevelFacts, ticketOf } from './level-context.ts'

/** An escalation after a command, with its history. */
export interface CommandResult {
  readonly escalation: StoredEscalation
  readonly history: StoredEntry[]
}

/** What people do to escalations. */
export interface Commands {
  /**
   * Applies the input that `toInput` makes to the escalation, in the caller's name, under its case's lock.
   * @throws Problem 404, 409 escalation_closed, and what `permit` throws
   */
  run(
    tx: TenantTx,
    principal: Principal,
    escalationId: string,
    permit: (concerned: Concerned) => void,
    toInput: (around: LevelContext) => Input
  ): Promise<CommandResult>
}

async function actorOf (tx: TenantTx, { personId }: Principal): Promise<Actor> {
  const person = isUuid(personId) ? (await findPeople(tx, tx.tenantId, [personId])).get(personId) : undefined
  return { kind: 'agent', id: personId, screenName: person?.screenName ?? null }
}

function addressedBy (history: readonly StoredEntry[]): Set<string> {
  return new Set(history.flatMap(({ targets }) => (targets ?? []).map(({ personId }) => personId)))
}

async function lockCase (tx: TenantTx, id: string): Promise<StoredCase> {
  const key = [{ tenantId: tx.tenantId, id }]
  await lockCases(tx, key)
  const [stored] = (await loadCases(tx, key)).values()
  return stored ?? problem(baseErrors.not_found)
}

/** Commands on escalations; they decide by the same state machine as events and timers do. */
export function createCommands ({ clock, recorder }: { clock: Clock, recorder: Recorder }): Commands {
  return {
    async run (tx, principal, escalationId, permit, toInput) {
      const { tenantId } = tx
      const found = await findEscalation(tx, tenantId, escalationId) ?? problem(baseErrors.not_found)
      const stored = await lockCase(tx, found.clockId)
      const { id, ticketId, metric, state } = stored
      const ticket = ticketOf(stored)
      permit({ assigneeId: ticket.assigneeId, addressed: addressedBy(await historyOf(tx, tenantId, escalationId)) })
      const current = state.escalation?.id === escalationId ? state.escalation.state : found.state
      const now = clock.now()
      const around = await readLevelFacts(tx, [stored], now)
      const decision = decide(
        state,
        toInput({ ticket, people: around.peopleOf(stored), inCharge: around.inChargeOf(stored), now })
      )
      if (decision.refused === true || state.escalation?.id !== escalationId) {
        problem(errors.escalation_closed, { detail: `it is ${current}`, extra: { state: current } })
      }
      const decidedEvents = decidedEventsOf(
        { tenantId, clockId: id, ticketId, metric },
        state,
        decision,
        ticket,
        await actorOf(tx, principal)
      )
      await recorder.record(tx, [{
        row: { tenantId, id, ticketId, metric, state: decision.state, wakeAt: decision.wakeAt },
        stored: true,
        timerAt: stored.wakeAt,
        decidedEvents
      }], now)
      return {
        escalation: (await findEscalation(tx, tenantId, escalationId))!,
        history: await historyOf(tx, tenantId, escalationId)
      }
    }
  }
}
