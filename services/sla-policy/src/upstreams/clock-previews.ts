import { formatInstant, type Micros } from '@dueline/business-time'
import {
  MetricSchema,
  agreementKinds,
  AgreementKindSchema,
  type Metric,
  type PolicyEffect,
  type AgreementKind
} from '@dueline/contracts'
import { traceHeaders, type Logger } from '@dueline/runtime'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { Agreed } from '../domain/agreements.ts'
import { termsKey } from '../domain/same-terms.ts'
import type { PreviewedMove } from '../agreements/preview.ts'

/** What a publish would do to clocks at once. */
export interface Consequences {
  /** By `moveKey`, of the tickets that were counted. */
  readonly byMove: ReadonlyMap<string, MoveConsequences>
  /** Over the tickets that were counted; null when none of those that move was. */
  readonly sums: Sums | null
  readonly countedTickets: number
}
export interface MoveConsequences {
  readonly breaches: readonly Metric[]
  readonly savedBreaches: readonly Metric[]
}
export type Sums = Readonly<Record<'breaches' | 'savedBreaches' | 'warningsPassed' | 'notices', number>>

export interface PreviewQuestion {
  readonly policyVersion: number
  readonly effect: PolicyEffect
  readonly at: Micros
  readonly moves: readonly PreviewedMove[]
  readonly authorization: string | undefined
}

/** Asks the clock service, with the caller's own token. */
export interface ClockPreviews {
  /** Never fails: what could not be asked in time is not counted. */
  readonly ask: (question: PreviewQuestion) => Promise<Consequences>
}

/** Tickets of one request: with the terms of each its body stays below the megabyte that the clock service takes. */
const batchSize = 250

/** `clockUrl` undefined: nothing is counted. `timeoutMs` bounds the wait for all answers to one question. */
export function createClockPreviews (
  { clockUrl, timeoutMs, logger }: { clockUrl: string | undefined, timeoutMs: number, logger: Logger }
): ClockPreviews {
  return {
    async ask ({ moves, authorization, ...publish }) {
      const tickets = byTicket(moves)
      const answers: Answer[] = []
      if (clockUrl !== undefined && authorization !== undefined) {
        const url = `${clockUrl.replace(/\/$/, '')}/v1/clock-previews`
        const signal = AbortSignal.timeout(timeoutMs)
        try {
          for (let from = 0; from < tickets.length; from += batchSize) {
            answers.push(await post(url, bodyOf(tickets.slice(from, from + batchSize), publish), authorization, signal))
          }
        } catch (error) {
          logger.warn({ err: error }, 'the clock service could not be asked what a publish would do')
        }
      }
      return consequencesOf(answers, tickets.length)
    }
  }
}

/** Names one ticket and kind. */
export function moveKey (ticketId: string, kind: AgreementKind): string {
  return `${ticketId} ${kind}`
}

function byTicket (moves: readonly PreviewedMove[]): PreviewedMove[][] {
  const tickets = new Map<string, PreviewedMove[]>()
  for (const move of moves) {
    const known = tickets.get(move.ticket.id)
    if (known === undefined) tickets.set(move.ticket.id, [move])
    else known.push(move)
  }
  return [...tickets.values()]
}

type PublishQuestion = Omit<PreviewQuestion, 'moves' | 'authorization'>

function bodyOf (
  tickets: ReadonlyArray<readonly PreviewedMove[]>,
  { policyVersion, effect, at }: PublishQuestion
): object {
  const places = new Map<string, number>()
  const terms: object[] = []
  const placeOf = (agreed: Agreed | null): number | null => {
    if (agreed === null) return null
    const key = `${agreed.calendarVersion} ${termsKey(agreed.terms)}`
    if (!places.has(key)) places.set(key, terms.push(termsOf(agreed)) - 1)
    return places.get(key)!
  }
  return {
    policyVersion,
    effect,
    at: formatInstant(at),
    tickets: tickets.map((moves) => ({
      ticketId: moves[0]!.ticket.id,
      agreements: moves.map(
        ({ entry: { kind, ticketVersion, agreed } }) => ({ kind, ticketVersion, terms: placeOf(agreed) })
      )
    })),
    terms
  }
}

function termsOf ({ calendarVersion, terms }: Agreed): object {
  const { targets, pauseRules, reminders, reopen, nextResponse, calendarId } = terms
  return { targets, pauseRules, reminders, reopen, nextResponse, calendarId, calendarVersion }
}

const ClockName = Type.Object({ kind: AgreementKindSchema, metric: MetricSchema })
const count = Type.Integer({ minimum: 0 })
const Answer = Type.Object({
  tickets: Type.Array(
    Type.Object({ ticketId: Type.String(), breaches: Type.Array(ClockName), savedBreaches: Type.Array(ClockName) })
  ),
  breaches: count,
  savedBreaches: count,
  warningsPassed: count,
  notices: count
})
type Answer = Static<typeof Answer>

async function post (url: string, body: object, authorization: string, signal: AbortSignal): Promise<Answer> {
  const headers = { authorization, 'content-type': 'application/json', ...traceHeaders() }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), redirect: 'error', signal })
  const answer: unknown = await response.json()
  if (!response.ok || !Value.Check(Answer, answer)) throw new Error(`the clock service answered ${response.status}`)
  return answer
}

function consequencesOf (answers: readonly Answer[], movingTickets: number): Consequences {
  const counted = answers.flatMap(({ tickets }) => tickets)
  const byMove = new Map(counted.flatMap(({ ticketId, breaches, savedBreaches }) =>
    agreementKinds.map((kind) => {
      const metricsOf = (clocks: typeof breaches): Metric[] =>
        clocks.filter(
          (one) => one.kind === kind
        ).map(({ metric }) => metric)
      return [moveKey(ticketId, kind), { breaches: metricsOf(breaches), savedBreaches: metricsOf(savedBreaches) }]
    })
  ))
  const sum = (what: keyof Sums): number => answers.reduce((total, answer) => total + answer[what], 0)
  const sums = counted.length === 0 && movingTickets > 0
    ? null
    : {
      breaches: sum('breaches'),
      savedBreaches: sum('savedBreaches'),
      warningsPassed: sum('warningsPassed'),
      notices: sum('notices')
    }
  return { byMove, sums, countedTickets: counted.length }
}
