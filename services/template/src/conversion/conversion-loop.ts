import { buffer } from 'node:stream/consumers'
import type { StoredFile, StoredFiles } from '@dueline/object-store'
import type { Outbox } from '@dueline/messaging'
import { afterCommit, type Database, type Tx } from '@dueline/postgres'
import { backoff, createPoller, type Clock, type Ids, type Logger, type Poller } from '@dueline/runtime'
import { rulesToCarry, withDroppedRules } from '../domain/template-version.ts'
import { uploadStateOf, type UploadFault } from '../domain/upload.ts'
import { claimUpload, lockConverting, putOffUpload, stepUpload, type Upload } from '../store/upload-store.ts'
import { insertVersion, newestVersion, type TemplateVersion } from '../store/version-store.ts'
import { carryRules, type Carried } from './carry-rules.ts'
import type { Converted, Converter, ReadingTask } from './converter.ts'

export interface ConversionDeps {
  readonly database: Database
  readonly files: () => StoredFiles
  readonly converter: Converter
  readonly outbox: Outbox
  readonly ids: Ids
  readonly clock: Clock
  readonly logger: Logger
}

export interface Conversions {
  /** Turns files that have passed into drafts, one after the other. What fails is put off and tried again. */
  readonly loop: Poller
  /** Brings an upload along with the life of its file, in the transaction of each step. */
  readonly fileChanged: (tx: Tx, file: StoredFile) => Promise<void>
}

const leaseSeconds = 900
const waits = backoff({ initialMs: 1_000, maxMs: 600_000 })
/** A file on which its reader has failed so often is refused. */
const triesMax = 3
const unreadable: UploadFault = {
  code: 'unreadable',
  message: 'the file cannot be read, though it is of the right type: save it anew with another program',
  details: []
}

export function createConversions (deps: ConversionDeps): Conversions {
  const { database, logger } = deps
  const loop = createPoller({
    name: 'conversion',
    idleMs: 5_000,
    logger,
    run: async (signal) => {
      const upload = await database.tx(async (tx) => await claimUpload(tx, leaseSeconds))
      if (upload === undefined) return 'idle'
      await work(deps, upload, signal).catch(async (error: unknown) => {
        const seconds = signal.aborted ? 0 : waits.nextMs(upload.tries) / 1_000
        const about = { err: error, tenant: upload.tenantId, upload: upload.id, seconds }
        logger.warn(about, 'a file could not be converted, it is put off')
        await putOffUpload(database.read, upload, seconds)
      })
      return 'busy'
    }
  })
  return {
    loop,
    async fileChanged (tx, file) {
      const step = uploadStateOf(file)
      if (step === undefined) return
      const upload = await stepUpload(tx, file, { ...step, work: step.state === 'converting' })
      if (upload === undefined) return
      if (step.fault !== null) await publishRefusal(tx, deps, upload, file, step.fault)
      if (step.state === 'converting') afterCommit(tx, () => loop.wake())
    }
  }
}

async function work (deps: ConversionDeps, upload: Upload, signal: AbortSignal): Promise<void> {
  const { database, files, converter } = deps
  const file = await files().read(database.forTenant(upload.tenantId), upload.id)
  const { body } = await files().open(file)
  const task = { kind: 'file', contentType: file.contentType, bytes: await buffer(body) } as const
  const before = await newestVersion(database.read, upload.tenantId, upload.templateId)
  const result = await converted(converter, task, before, signal).catch((error: unknown): Draft => {
    if (signal.aborted || upload.tries < triesMax) throw error
    return { refused: unreadable }
  })
  await database.tx(async (tx) => await finish(tx, deps, upload, file, { result, before }))
}

type Draft = Exclude<Converted, { refused: unknown }> & Carried | { refused: UploadFault }

/** What a file holds, with the rules of the version before it. */
async function converted (
  converter: Converter,
  task: Extract<ReadingTask, { kind: 'file' }>,
  before: TemplateVersion | undefined,
  signal: AbortSignal
): Promise<Draft> {
  const result = await converter.run(task, signal)
  const rules = rulesToCarry(before)
  if ('refused' in result || rules.length === 0) return 'refused' in result ? result : { ...result, rules, dropped: [] }
  const carried = await carryRules(converter, result.questionnaire, rules, signal)
  return 'refused' in carried ? carried : { ...result, ...carried }
}

async function finish (
  tx: Tx,
  deps: ConversionDeps,
  upload: Upload,
  file: StoredFile,
  { result, before }: { result: Draft, before: TemplateVersion | undefined }
): Promise<void> {
  const { tenantId, id, templateId, createdBy: by } = upload
  // another process may have been faster
  if (await lockConverting(tx, upload) === undefined) return
  if ('refused' in result) {
    await stepUpload(tx, upload, { state: 'refused', fault: result.refused })
    return await publishRefusal(tx, deps, upload, file, result.refused)
  }
  const newest = await newestVersion(tx, tenantId, templateId)
  if (newest?.id !== before?.id || newest?.version !== before?.version) {
    // another version has come, or other rules, since its rules were looked at
    await stepUpload(tx, upload, { state: 'converting', work: true })
    return
  }
  const { kind, questionnaire, rules, faults } = result
  const issues = withDroppedRules(result.issues, result.dropped)
  const source = { kind, uploadId: id, fileName: file.fileName }
  const made = { tenantId, id: deps.ids.next(), templateId, questionnaire, rules, issues, faults, source, by }
  const version = await insertVersion(tx, { ...made, at: deps.clock.now() })
  await stepUpload(tx, upload, { state: 'done', versionId: version.id })
}

async function publishRefusal (
  tx: Tx,
  { outbox, ids, clock }: ConversionDeps,
  { tenantId, id, templateId }: Upload,
  { fileName }: StoredFile,
  { code, message: reason }: UploadFault
): Promise<void> {
  await outbox.add(tx, [{
    id: ids.next(),
    type: 'dueline.template.refused.v1',
    subject: `template-upload/${id}`,
    time: clock.now(),
    tenantId,
    partitionKey: templateId,
    sequence: 1,
    historical: false,
    data: { templateId, uploadId: id, fileName, code, reason }
  }])
}
