import { setImmediate as nextTurn } from 'node:timers/promises'
import { baseErrors, charsetNames, charsetOf, problem, write, type App, type Charset } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { Uuid } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { access } from '../access.ts'
import { readImportLine } from '../domain/import-faults.ts'
import { ImportLine } from '../domain/import-line.ts'
import { insertImport, type ReadLine } from '../store/import-store.ts'
import { linesMax, linesOf } from './import-body.ts'
import type { RouteDeps } from './route-deps.ts'

const bodyBytesMax = 20 * 1024 * 1024
const faultsShownMax = 100
const linesPerTurn = 200

const description = [
  `One JSON object per line (\`application/x-ndjson\`), at most 20 MiB and ${linesMax} lines. Each line is a ticket`,
  'with dated facts in any order. Lines with faults are refused and named; the others are imported in the',
  'background. A line whose `externalId` exists in the tenant continues that ticket: facts that are known are',
  'recognised, later facts are added. A line with an unknown fact that is earlier than a known one is refused as a',
  'whole. Its other fields are ignored. A fact is known by its `externalId` within the ticket, or by all that it',
  'says. A person to whom any line assigns a ticket becomes an agent and is not a customer. Texts are UTF-8 unless',
  `\`Content-Type\` names another charset (${charsetNames.join(', ')}); compressed bodies are refused. The past`,
  'notifies nobody.'
].join(' ')

// the schema of a line is for readers of the document; lines are checked one by one, and the body is bytes
const Body = Type.Unsafe<Buffer>({ description: 'One JSON object per line, each as in `x-line`', 'x-line': ImportLine })
const LineFault = Type.Object({
  line: Type.Integer({ minimum: 1 }),
  pointer: Type.String({ description: 'JSON pointer into the line' }),
  message: Type.String()
}, { title: 'ImportFault', description: 'What is wrong with a line' })
const Accepted = Type.Object({
  importId: Uuid,
  lines: Type.Integer({ description: 'Lines that are not blank' }),
  accepted: Type.Integer({ description: 'Lines without a fault of their own' }),
  rejected: Type.Integer(),
  faults: Type.Array(LineFault, { description: 'The first 100; all of them by line at the import’s lines' })
}, { title: 'AcceptedImport', description: 'An import that goes on in the background' })

/** POST /v1/ticket-imports; in a scope of its own, because only here a body is NDJSON. */
export function postTicketImport (app: App, { database, ids, clock, importLoop }: RouteDeps): void {
  app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/x-ndjson',
      { parseAs: 'buffer', bodyLimit: bodyBytesMax },
      (_request, body, done) => done(null, body)
    )
    // before the body is read
    scope.addHook('preParsing', async ({ headers }) => {
      charsetOf(headers['content-type'] ?? '')
    })
    scope.route({
      method: 'POST',
      url: '/v1/ticket-imports',
      bodyLimit: bodyBytesMax,
      config: {
        roles: access.importTickets,
        problems: ['validation_failed', 'payload_too_large', 'unsupported_media_type'],
        rawBody: true,
        answers: { 202: 'The import, which goes on in the background' }
      },
      schema: {
        operationId: 'importTickets',
        summary: 'Import tickets with their history',
        description,
        tags: ['imports'],
        consumes: ['application/x-ndjson'],
        body: Body,
        response: { 202: Accepted }
      },
      handler: async (request, reply) => {
        const lines = await readLines(request.body, charsetOf(request.headers['content-type'] ?? ''), clock.now())
        if (lines.length === 0) {
          problem(baseErrors.validation_failed, { faults: [{ pointer: '', message: 'must have at least one line' }] })
        }
        return await write(request, reply, database, async (tx) => {
          const { id, accepted, rejected } = await insertImport(tx, tx.tenantId, {
            id: ids.next(),
            lines,
            createdBy: request.principal.subject,
            createdAt: clock.now()
          })
          afterCommit(tx, () => importLoop.wake())
          const faults = firstFaults(lines)
          return {
            status: 202,
            body: { importId: id, lines: lines.length, accepted, rejected, faults },
            headers: { location: `/v1/ticket-imports/${id}` }
          }
        })
      }
    })
  })
}

/** Reads and checks all lines, letting other requests in every few milliseconds. */
async function readLines (body: Buffer, charset: Charset, now: number): Promise<ReadLine[]> {
  const lines: ReadLine[] = []
  for (const { line, text } of linesOf(body, charset)) {
    if (lines.length % linesPerTurn === linesPerTurn - 1) await nextTurn()
    const read = text === null
      ? { line: null, faults: [{ pointer: '', message: `is not ${charset.name}` }] }
      : readImportLine(text, now)
    lines.push({
      line,
      externalId: read.line?.externalId ?? null,
      content: read.line === null ? null : text,
      faults: read.faults
    })
  }
  return lines
}

function firstFaults (lines: readonly ReadLine[]): Array<Static<typeof LineFault>> {
  const faults: Array<Static<typeof LineFault>> = []
  for (const { line, faults: own } of lines) {
    if (faults.length >= faultsShownMax) break
    faults.push(...own.map((fault) => ({ line, ...fault })))
  }
  return faults.slice(0, faultsShownMax)
}
