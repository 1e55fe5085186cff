import { setTimeout as pause } from 'node:timers/promises'
import type { AnswerOf, Client, ItemOf } from '@dueline/client'
import { priorities, type Priority } from '@dueline/contracts'
import type { Judged } from './report.ts'
import type { ServiceNowLog } from './servicenow.ts'

/** What became of an import, line by line and clock by clock. */
export interface ImportResult {
  imported: number
  /** Added facts to tickets that were there. */
  continued: number
  duplicates: number
  rejected: { line: number, pointer: string, message: string }[]
  judged: Judged[]
  /** From the first byte sent until the last clock was visible. */
  durationMs: number
}

type Progress = AnswerOf<'getTicketImport'>
type Line = ItemOf<'listTicketImportLines'>
type Clock = ItemOf<'listClocks'>

const chunkLines = 5_000
const waitMsMax = 120_000
const quietMsMax = 5_000

/** Sends histories through the public API, waits until the last clock is visible, and reads every clock back. */
export async function runImport (
  { client, log, progress }: { client: Client, log: ServiceNowLog, progress: (text: string) => void }
): Promise<ImportResult> {
  const begunMs = performance.now()
  const result: ImportResult = { imported: 0, continued: 0, duplicates: 0, rejected: [], judged: [], durationMs: 0 }
  const lines: Line[] = []
  for (let start = 0; start < log.histories.length; start += chunkLines) {
    const chunk = log.histories.slice(start, start + chunkLines)
    const body = chunk.map((history) => JSON.stringify(history)).join('\n')
    const { importId } = (await client.post('/v1/ticket-imports', { body, withinMs: waitMsMax })).data
    const done = await waitDone(client, importId, (now) => {
      progress(`tickets ${start + now.imported + now.continued + now.duplicates} of ${log.histories.length}`)
    })
    result.imported += done.imported
    result.continued += done.continued
    result.duplicates += done.duplicates
    const ended = await Array.fromAsync(
      client.paginate('/v1/ticket-imports/{importId}/lines', { path: { importId }, query: { limit: 200 } })
    )
    result.rejected.push(
      ...ended.flatMap(({ line, faults }) => faults.map((fault) => ({ line: start + line, ...fault })))
    )
    lines.push(...ended)
  }
  const tickets = new Map(lines.flatMap((line) => line.ticketId === null ? [] : [[line.ticketId, line]]))
  await waitClocks(client, tickets, progress)
  result.durationMs = performance.now() - begunMs
  result.judged = await judge(
    client,
    tickets,
    new Map(log.verdicts.map(({ externalId, madeSla }) => [externalId, madeSla]))
  )
  return result
}

async function waitDone (
  client: Client,
  importId: string,
  progress: (now: Progress) => void
): Promise<Progress> {
  const endMs = performance.now() + waitMsMax
  for (;;) {
    const { data: now } = await client.get('/v1/ticket-imports/{importId}', { path: { importId } })
    progress(now)
    if (now.state === 'done') return now
    if (performance.now() > endMs) {
      throw new Error(
        `the import ${importId} was not done within ${waitMsMax / 1000} s; ` +
          `ask GET /v1/ticket-imports/${importId} how it stands`
      )
    }
    await pause(100)
  }
}

/**
 * Resolves when every ticket's resolution clock is visible and has taken in the ticket's last fact. One that changed
 * into what leads to the same agreement does not say so: after `quietMsMax` without events a visible clock is taken as
 * it is.
 */
async function waitClocks (
  client: Client,
  tickets: ReadonlyMap<string, Line>,
  progress: (text: string) => void
): Promise<void> {
  const endMs = performance.now() + waitMsMax
  let [settledBefore, changedMs] = [-1, performance.now()]
  for (;;) {
    const clocks = (await resolutionClocks(client)).filter((clock) => tickets.has(clock.ticketId))
    const settled = clocks.filter((clock) =>
      clock.ticketVersion >= (tickets.get(clock.ticketId)?.ticketVersion ?? 1)
    ).length
    progress(`clocks ${settled} of ${tickets.size}`)
    if (settled === tickets.size) return
    if (settled !== settledBefore) [settledBefore, changedMs] = [settled, performance.now()]
    else if (clocks.length === tickets.size && performance.now() - changedMs > quietMsMax) return
    if (performance.now() > endMs) {
      throw new Error(
        `only ${settled} of ${tickets.size} clocks were complete after ${waitMsMax / 1000} s`
      )
    }
    await pause(100)
  }
}

/** Every resolution clock beside the ticket's priority and the log's own verdict. */
async function judge (
  client: Client,
  tickets: ReadonlyMap<string, Line>,
  verdicts: ReadonlyMap<string, boolean>
): Promise<Judged[]> {
  const judged = await Promise.all(priorities.map(async (priority) => {
    const clocks = await resolutionClocks(client, [priority])
    return clocks.flatMap((clock) => {
      const line = tickets.get(clock.ticketId)
      return line === undefined ? [] : [{ priority, clock, madeSla: verdicts.get(line.externalId ?? '') ?? false }]
    })
  }))
  return judged.flat()
}

/** Each clock once, as it came last: one that moves while the pages are read may be on two. */
async function resolutionClocks (client: Client, priority?: Priority[]): Promise<Clock[]> {
  const filter = { metric: ['resolution' as const], ...(priority === undefined ? {} : { priority }) }
  const clocks = await Array.fromAsync(client.paginate('/v1/clocks', { query: { ...filter, limit: 200 } }))
  return [...new Map(clocks.map((clock) => [clock.id, clock])).values()]
}
