import { setTimeout as pause } from 'node:timers/promises'
import type { ClockSnapshot, Priority } from '@dueline/contracts'
import type { Api } from '../api.ts'
import type { Judged } from './report.ts'
import type { ServiceNowLog } from './servicenow.ts'

/** What became of an import, line by line and clock by clock. */
export interface ImportResult {
  imported: number
  duplicates: number
  rejected: { line: number, pointer: string, message: string }[]
  judged: Judged[]
  /** From the first byte sent until the last clock was visible. */
  durationMs: number
}

interface Accepted { importId: string, lines: number, accepted: number, rejected: number, faults: { line: number, pointer: string, message: string }[] }
interface Progress { state: 'running' | 'done', lines: number, imported: number, duplicates: number, rejected: number }
interface Line { externalId: string, ticketId: string | null, state: string, ticketVersion: number | null }
interface ClockItem extends ClockSnapshot { priority: Priority }

const chunkLines = 5_000
const waitMsMax = 120_000

/** Sends histories through the public API, waits until the last clock is visible, and reads every clock back. */
export async function runImport ({ api, log, progress }: { api: Api, log: ServiceNowLog, progress: (text: string) => void }): Promise<ImportResult> {
  const begunMs = performance.now()
  const result: ImportResult = { imported: 0, duplicates: 0, rejected: [], judged: [], durationMs: 0 }
  const lines: Line[] = []
  for (let start = 0; start < log.histories.length; start += chunkLines) {
    const chunk = log.histories.slice(start, start + chunkLines)
    const accepted = await send(api, chunk.map((history) => JSON.stringify(history)).join('\n'))
    result.rejected.push(...accepted.faults)
    const done = await waitDone(api, accepted, (now) => progress(`tickets ${start + now.imported + now.duplicates} of ${log.histories.length}`))
    result.imported += done.imported
    result.duplicates += done.duplicates
    lines.push(...await allPages<Line>(api, `/v1/ticket-imports/${accepted.importId}/lines`))
  }
  const tickets = new Map(lines.flatMap((line) => line.ticketId === null ? [] : [[line.ticketId, line]]))
  const clocks = await waitClocks(api, tickets, progress)
  result.durationMs = performance.now() - begunMs
  const verdicts = new Map(log.verdicts.map(({ externalId, madeSla }) => [externalId, madeSla]))
  for (const [ticketId, clock] of clocks) {
    result.judged.push({ priority: clock.priority, clock, madeSla: verdicts.get(tickets.get(ticketId)?.externalId ?? '') ?? false })
  }
  return result
}

async function send (api: Api, body: string): Promise<Accepted> {
  const response = await api.fetch('/v1/ticket-imports', { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body })
  return await response.json() as Accepted
}

async function waitDone (api: Api, { importId }: Accepted, progress: (now: Progress) => void): Promise<Progress> {
  const endMs = performance.now() + waitMsMax
  for (;;) {
    const now = await api.get<Progress>(`/v1/ticket-imports/${importId}`)
    progress(now)
    if (now.state === 'done') return now
    if (performance.now() > endMs) throw new Error(`the import ${importId} was not done within ${waitMsMax / 1000} s; ask GET /v1/ticket-imports/${importId} how it stands`)
    await pause(100)
  }
}

/** The resolution clock of every ticket, read until each has processed its ticket's last fact. */
async function waitClocks (api: Api, tickets: ReadonlyMap<string, Line>, progress: (text: string) => void): Promise<Map<string, ClockItem>> {
  const endMs = performance.now() + waitMsMax
  for (;;) {
    const items = await allPages<ClockItem>(api, '/v1/clocks', 'metric=resolution&')
    const clocks = new Map(items.filter((clock) => tickets.has(clock.ticketId)).map((clock) => [clock.ticketId, clock]))
    progress(`clocks ${clocks.size} of ${tickets.size}`)
    if (clocks.size === tickets.size) {
      const last = [...tickets].at(-1)
      if (last === undefined) return clocks
      // Facts of one ticket arrive in order, those of different tickets need not: ask each that may lag behind.
      await settle(api, tickets)
      return new Map((await allPages<ClockItem>(api, '/v1/clocks', 'metric=resolution&')).filter((clock) => tickets.has(clock.ticketId)).map((clock) => [clock.ticketId, clock]))
    }
    if (performance.now() > endMs) throw new Error(`only ${clocks.size} of ${tickets.size} clocks were visible after ${waitMsMax / 1000} s`)
    await pause(100)
  }
}

/** Waits, sixteen tickets at a time, until the clock service has taken in each ticket's last version. */
async function settle (api: Api, tickets: ReadonlyMap<string, Line>): Promise<void> {
  const queue = [...tickets]
  await Promise.all(Array.from({ length: 16 }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [ticketId, line] = next
      await api.get(`/v1/clocks?ticketId=${ticketId}&waitFor=${line.ticketVersion ?? 1}&limit=1`)
    }
  }))
}

async function allPages<T> (api: Api, path: string, filter = ''): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const page: { items: T[], nextCursor: string | null } = await api.get(`${path}?${filter}limit=200${cursor === null ? '' : `&cursor=${cursor}`}`)
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}
