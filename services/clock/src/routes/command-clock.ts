import type { Micros } from '@dueline/business-time'
import { baseErrors, problem, write, type AnyReply, type AnyRequest } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { refusalOf } from '../domain/commands.ts'
import { firstCommandSequence, type Command, type Fact, type FactData } from '../domain/facts.ts'
import { errors } from '../errors.ts'
import { lockCases, readCase } from '../store/case-store.ts'
import { readClock, type ClockRecord } from '../store/clock-store.ts'
import { textOf } from '../store/keys.ts'
import { readAgreementVersions } from '../store/timeline-store.ts'
import { viewsOf } from './clock-view.ts'
import type { RouteDeps } from './route-deps.ts'
import { nothingNew } from '../projection/updates.ts'

type CommandFact = Extract<Fact, { kind: `clock_${string}` }>['kind']

/** What a command has besides the person and the clock: made once the clock's row is locked, at `now`. */
export interface CommandOf<K extends CommandFact> {
  readonly kind: K
  readonly reason: string
  data(now: Micros): Omit<FactData[K], keyof Command>
}

/**
 * Carries out a command: the ticket is locked, the command refused or stored as a fact, and the clocks folded again, in
 * one transaction. `command` null only folds again. Answers the clock as it is then.
 */
export async function commandClock<K extends CommandFact> (
  request: AnyRequest,
  reply: AnyReply,
  deps: RouteDeps,
  clockId: string,
  command: CommandOf<K> | null
): Promise<AnyReply> {
  const { database, projector, clock, ids, calendars } = deps
  return await write(request, reply, database, async (tx) => {
    const found = await lockClock(tx, clockId)
    const now = clock.now()
    const id = ids.next()
    const updates = nothingNew(found, { kind: 'command', id })
    if (command === null) {
      await projector.advance(tx, [updates], now)
    } else {
      await refuseIfNeeded(tx, found, command.kind, now)
      const { kind, metric, cycle } = found
      const data = {
        clock: { kind, metric, cycle },
        reason: command.reason,
        personId: request.principal.personId,
        ...command.data(now)
      }
      await projector.advance(tx, [{
        ...updates,
        facts: [{ id, at: now, sequence: firstCommandSequence, kind: command.kind, data }]
      }], now)
    }
    const after = await readClock(tx, tx.tenantId, clockId) ?? problem(baseErrors.not_found)
    const ticket = await readCase(tx, after) ?? problem(baseErrors.not_found)
    const [view] = await viewsOf(tx, calendars, [{ clock: after, ticket }], now)
    return { status: 200, body: view }
  })
}

/** The clock, with its ticket locked. @throws {Problem} 404 */
async function lockClock (tx: TenantTx, clockId: string): Promise<ClockRecord> {
  const seen = await readClock(tx, tx.tenantId, clockId) ?? problem(baseErrors.not_found)
  await lockCases(tx, [seen])
  return await readClock(tx, tx.tenantId, clockId) ?? problem(baseErrors.not_found)
}

async function refuseIfNeeded (tx: TenantTx, clock: ClockRecord, kind: CommandFact, now: Micros): Promise<void> {
  const agreementVersions = (await readAgreementVersions(tx, [clock])).get(textOf(clock)) ?? []
  const terms =
    agreementVersions.find((agreementVersion) => agreementVersion.terms?.agreementId === clock.agreementId)?.terms ??
      null
  const refusal = refusalOf(kind, clock, terms, now)
  if (refusal !== null) problem(errors.clock_command_refused, { detail: refusal, extra: { state: clock.state } })
}
