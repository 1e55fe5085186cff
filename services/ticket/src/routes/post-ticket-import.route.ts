import { setImmediate as nextTurn } from 'node:timers/promises'
import { baseErrors, problem, write, type App } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { Uuid } from '@dueline/contracts'
import { Type } from 'typebox'
import { ImportLine, readImportLine } from '../domain/import-line.ts'
import { insertImport, type ReadLine } from '../store/import-store.ts'
import type { Parts } from './parts.ts'

const bodyBytesMax = 20 * 1024 * 1024
const faultsShownMax = 100
const faultsPerLineMax = 20
const linesPerTurn = 200

// the schema of a line is for readers of the document; lines are checked one by one
const Body = Type.String({ description: 'One JSON object per line, each as in `x-line`', 'x-line': ImportLine })
const LineFault = Type.Object({ line: Type.Integer({ minimum: 1 }), pointer: Type.String({ description: 'JSON pointer into the line' }), message: Type.String() })
const Accepted = Type.Object({
  importId: Uuid,
  lines: Type.Integer({ description: 'Lines that are not blank' }),
  accepted: Type.Integer(),
  rejected: Type.Integer(),
  faults: Type.Array(LineFault, { description: 'The first 100; all of them by line at the import’s lines' })
})

/** POST /v1/ticket-imports; in a scope of its own, because only here a body is NDJSON. */
export function postTicketImport (app: App, { database, ids, clock, wakeImports }: Parts): void {
  app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/x-ndjson', { parseAs: 'string', bodyLimit: bodyBytesMax }, (_request, body, done) => done(null, body))
    scope.route({
      method: 'POST',
      url: '/v1/ticket-imports',
      bodyLimit: bodyBytesMax,
      config: { roles: ['admin'], problems: ['validation_failed', 'payload_too_large', 'unsupported_media_type'], rawBody: true },
      schema: {
        operationId: 'importTickets',
        summary: 'Take in tickets with their past',
        description: 'One JSON object per line (`application/x-ndjson`), at most 20 MiB: a ticket with dated facts in any order. Lines with faults are left out and named; the others become tickets in the background. A ticket whose `externalId` the tenant has already is not imported again. Nobody is notified of the past.',
        tags: ['imports'],
        consumes: ['application/x-ndjson'],
        body: Body,
        response: { 202: Accepted }
      },
      handler: async (request, reply) => {
        const lines = await readLines(request.body, clock.now())
        if (lines.length === 0) problem(baseErrors.validation_failed, { faults: [{ pointer: '', message: 'must have at least one line' }] })
        return await write(request, reply, database, async (tx) => {
          const { id, accepted, rejected } = await insertImport(tx, tx.tenantId, { id: ids.next(), lines, createdBy: request.principal.subject, createdAt: clock.now() })
          afterCommit(tx, wakeImports)
          const faults = lines.flatMap(({ line, faults }) => faults.map((fault) => ({ line, ...fault }))).slice(0, faultsShownMax)
          return { status: 202, body: { importId: id, lines: lines.length, accepted, rejected, faults }, headers: { location: `/v1/ticket-imports/${id}` } }
        })
      }
    })
  })
}

/** Reads and checks all lines, letting other requests in every few milliseconds. */
async function readLines (body: string, now: number): Promise<ReadLine[]> {
  const lines: ReadLine[] = []
  for (const [i, text] of body.split('\n').entries()) {
    if (text.trim() === '') continue
    if (lines.length % linesPerTurn === linesPerTurn - 1) await nextTurn()
    const { line, faults } = readImportLine(text, now)
    lines.push({ line: i + 1, externalId: line?.externalId ?? null, content: line === null ? null : text, faults: faults.slice(0, faultsPerLineMax) })
  }
  return lines
}
