import { setTimeout as pause } from 'node:timers/promises'
import { priorities, type ClockSnapshot, type Priority } from '@dueline/contracts'
import type { Api } from '@dueline/demo'
import type { Judged } from './report.ts'
import type { ServiceNowLog } from './servicenow.ts'

/** What became of an import, line by line and clock by clock. */
export interface ImportResult {
  imported: number
  /** Added facts to tickets that were there. */
  continued: number
  duplicates: number
  rejected: ({ line: number } & Fault)[]
  judged: Judged[]
  /** From the first byte sent until the last clock was visible. */
  durationMs: number
}

interface Accepted {
  importId: string
}
interface Progress {
  state: 'running' | 'done'
  lines: number
  imported: number
  continued: number
  duplicates: number
  rejected: number
}
interface Fault {
  pointer: string
  message: string
}
interface Line {
  line: number
  externalId: string
  ticketId: string | null
  state: string
  faults: Fault[]
  ticketVersion: number | null
}
type ClockItem = ClockSnapshot & { ticketVersion: number }

const chunkLines = 5_000
const waitMsMax = 120_000
const quietMsMax = 5_000

/** Sends histories through the public API, waits until the last clock is visible, and reads every clock back. */
export async function runImport (
  { api, log, progress }: { api: Api, log: ServiceNowLog, progress: (text: string) => void }
): Promise<ImportResult> {
  const begunMs = performance.now()
  const result: ImportResult = { imported: 0, continued: 0, duplicates: 0, rejected: [], judged: [], durationMs: 0 }
  const lines: Line[] = []
  for (let start = 0; start < log.histories.length; start += chunkLines) {
    const chunk = log.histories.slice(start, start + chunkLines)
    const accepted = await send(api, chunk.map((history) => JSON.stringify(history)).join('\n'))
    const done = await waitDone(api, accepted, (now) => {
      progress(`tickets ${start + now.imported + now.continued + now.duplicates} of ${log.histories.length}`)
    })
    result.imported += done.imported
    result.continued += done.continued
    result.duplicates += done.duplicates
    const ended = await allPages<Line>(api, `/v1/ticket-imports/${accepted.importId}/lines`)
    result.rejected.push(
      ...ended.flatMap(({ line, faults }) => faults.map((fault) => ({ line: start + line, ...fault })))
    )
    lines.push(...ended)
  }
  const tickets = new Map(lines.flatMap((line) => line.ticketId === null ? [] : [[line.ticketId, line]]))
  await waitClocks(api, tickets, progress)
  result.durationMs = performance.now() - begunMs
  result.judged = await judge(
    api,
    tickets,
    new Map(log.verdicts.map(({ externalId, madeSla }) => [externalId, madeSla]))
  )
  return result
}

async function send (api: Api, body: string): Promise<Accepted> {
  const response = await api.fetch('/v1/ticket-imports', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body
  })
  return await response.json() as Accepted
}

async function waitDone (api: Api, { importId }: Accepted, progress: (now: Progress) => void): Promise<Progress> {
  const endMs = performance.now() + waitMsMax
  for (;;) {
    const now = await api.get<Progress>(`/v1/ticket-imports/${importId}`)
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
 * into what leads to the same promise does not say so: after `quietMsMax` without news a visible clock is taken as it
 * is.
 */
async function waitClocks (
  api: Api,
  tickets: ReadonlyMap<string, Line>,
  progress: (text: string) => void
): Promise<void> {
  const endMs = performance.now() + waitMsMax
  let [settledBefore, newsMs] = [-1, performance.now()]
  for (;;) {
    const clocks = (await allClocks(api, 'metric=resolution&')).filter((clock) => tickets.has(clock.ticketId))
    const settled = clocks.filter((clock) =>
      clock.ticketVersion >= (tickets.get(clock.ticketId)?.ticketVersion ?? 1)
    ).length
    progress(`clocks ${settled} of ${tickets.size}`)
    if (settled === tickets.size) return
    if (settled !== settledBefore) [settledBefore, newsMs] = [settled, performance.now()]
    else if (clocks.length === tickets.size && performance.now() - newsMs > quietMsMax) return
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
  api: Api,
  tickets: ReadonlyMap<string, Line>,
  verdicts: ReadonlyMap<string, boolean>
): Promise<Judged[]> {
  const judged = await Promise.all(priorities.map(async (priority: Priority) => {
    const clocks = await allClocks(api, `metric=resolution&priority=${priority}&`)
    return clocks.flatMap((clock) => {
      const line = tickets.get(clock.ticketId)
      return line === undefined ? [] : [{ priority, clock, madeSla: verdicts.get(line.externalId) ?? false }]
    })
  }))
  return judged.flat()
}

/** Each clock once, as it came last: one that moves while the pages are read may be on two. */
async function allClocks (api: Api, filter: string): Promise<ClockItem[]> {
  return [...new Map((await allPages<ClockItem>(api, '/v1/clocks', filter)).map((clock) => [clock.id, clock])).values()]
}

async function allPages<T> (api: Api, path: string, filter = ''): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const page: { items: T[], nextCursor: string | null } = await api.get(
      `${path}?${filter}limit=200${cursor === null ? '' : `&cursor=${cursor}`}`
    )
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}
