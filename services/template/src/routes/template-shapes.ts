import { formatInstant } from '@dueline/business-time'
import { Instant, instantText, NamedText, nullable, stringEnum, TemplateRule, Uuid } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { differences } from '../domain/version-diff.ts'
import { severities, sourceKinds, versionStates } from '../domain/template-version.ts'
import { uploadStates, type UploadFault } from '../domain/upload.ts'
import type { Template } from '../store/template-store.ts'
import type { Upload } from '../store/upload-store.ts'
import type { TemplateVersion } from '../store/version-store.ts'

export const Name = NamedText(200)
/** Which language texts are asked for in. */
export const LanguageTag = Type.String({
  pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,16}){0,4}$',
  examples: ['ar'],
  description: 'Of messages and labels; the first of the questionnaire when left out'
})
const counted = Type.Integer({ minimum: 1, description: 'counts the changes; the ETag' })

export const TemplateSchema = Type.Object({
  id: Uuid,
  name: Name,
  active: Type.Boolean({ description: 'false: takes no new files, versions and questions; its questions keep it' }),
  inForceVersionId: nullable({ ...Uuid, description: 'the version that was published last; null: none was yet' }),
  version: counted,
  createdAt: Instant,
  updatedAt: Instant
}, { title: 'Template', description: 'A questionnaire through its versions' })

export function templateView (
  { id, name, active, version, createdAt, updatedAt }: Template,
  inForceVersionId: string | null
): Static<typeof TemplateSchema> {
  const stamps = { version, createdAt: formatInstant(createdAt), updatedAt: formatInstant(updatedAt) }
  return { id, name, active, inForceVersionId, ...stamps }
}

/** A request by which bytes are sent or got; it is worth what it says until it expires, whoever sends it. */
export const SignedRequestSchema = Type.Object({
  method: stringEnum(['PUT', 'GET']),
  url: Type.String({
    format: 'uri',
    examples: ['https://api.example.com/v1/template-objects?signature=eyJrIjoiLi4uIn0.c2ln']
  }),
  headers: Type.Record(Type.String(), Type.String(), {
    description: 'To be sent exactly so',
    examples: [{ 'content-type': 'text/csv' }]
  }),
  expiresAt: Instant
}, { title: 'SignedRequest', description: 'A request that needs no token: how bytes are sent or got' })

export const UploadSchema = Type.Object({
  id: Uuid,
  templateId: Uuid,
  state: stringEnum(uploadStates, {
    description: 'reserved: the bytes are waited for; checking, converting: come back in a moment; done: ' +
      '`templateVersionId` is the draft; refused: `fault` says why; expired: nobody finished it in time'
  }),
  fileName: Type.String({ examples: ['outage.xlsx'] }),
  contentType: Type.String({ examples: ['text/csv'] }),
  sizeBytes: Type.Integer({ minimum: 1 }),
  fault: nullable(Type.Object({
    code: Type.String({ examples: ['archive_too_large'] }),
    message: Type.String({ examples: ['the file is packed more than 200 times'] }),
    details: Type.Array(Type.String(), { description: 'Places in the file, at most 100', examples: [[]] })
  }, { title: 'UploadFault', description: 'Why the file has become no version' })),
  templateVersionId: nullable(Uuid),
  upload: nullable(SignedRequestSchema),
  createdAt: Instant
}, { title: 'TemplateUpload', description: 'A file on its way to a version of a template' })

interface FileView {
  readonly fileName: string
  readonly contentType: string
  readonly sizeBytes: number
}

export function uploadView (
  { id, templateId, state, fault, templateVersionId, createdAt }: Upload,
  { fileName, contentType, sizeBytes }: FileView,
  upload: Static<typeof SignedRequestSchema> | null
): Static<typeof UploadSchema> {
  return {
    ...{ id, templateId, state, fileName, contentType, sizeBytes, templateVersionId, upload },
    fault: fault === null ? null : faultView(fault),
    createdAt: formatInstant(createdAt)
  }
}

function faultView ({ code, message, details }: UploadFault): { code: string, message: string, details: string[] } {
  return { code, message, details: [...details] }
}

const exampleForm = {
  format: 'dueline.questionnaire.v1',
  name: 'outage',
  languages: [{ tag: 'en' }],
  lists: { impact: [{ name: 'one', label: { en: 'Me' } }, { name: 'all', label: { en: 'Everybody' } }] },
  items: [
    { kind: 'one_of', name: 'impact', list: 'impact', label: { en: 'Who is affected?' }, required: true },
    { kind: 'integer', name: 'users', label: { en: 'How many?' }, relevant: 'impact == "all"', min: 1 }
  ]
}

/** In full at `GET /v1/questionnaire-schema`: here it is any object, and what is wrong with it is said of the whole. */
export const QuestionnaireObject = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: 'In the format `dueline.questionnaire.v1`, of which `GET /v1/questionnaire-schema` answers the schema',
  examples: [exampleForm]
})
export const Rules = Type.Array(TemplateRule, {
  maxItems: 100,
  description: 'What a ticket gets by its answers; of several rules that set the same field the first one counts'
})

const Issue = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  severity: stringEnum(severities, {
    description: 'error: something is missing; guess: to be confirmed by a person; warning: the file says more'
  }),
  code: Type.String({ examples: ['type_guessed'] }),
  message: Type.String({ examples: ['is read as a number'] }),
  place: nullable(
    Type.String({
      description: 'Where in the file: sheet, row and column; page and field; linkId',
      examples: ['sheet survey, row 4, column B']
    })
  ),
  confirmedBy: nullable(Type.String({ description: 'Who found it right' }))
}, { title: 'TemplateIssue', description: 'What a file had that could not be read as it is meant' })
const Fault = Type.Object({
  pointer: Type.String({ examples: ['/questionnaire/items/1/relevant'] }),
  code: Type.String({ examples: ['unknown_name'] }),
  message: Type.String({ examples: ['impact is no question'] })
}, {
  title: 'TemplateFault',
  description: 'What is wrong with a questionnaire or a rule'
})
const head = {
  id: Uuid,
  templateId: Uuid,
  number: Type.Integer({ minimum: 1, description: 'counts the versions of the template' }),
  state: stringEnum(versionStates, { description: 'a published version never changes' }),
  source: Type.Object({
    kind: stringEnum(sourceKinds),
    uploadId: nullable(Uuid),
    fileName: nullable(Type.String({ examples: ['outage.xlsx'] }))
  }, { title: 'TemplateSource', description: 'Where a version comes from; api: from no file' }),
  issues: Type.Array(Issue, { description: 'Errors and guesses must be confirmed before it is published' }),
  faults: Type.Array(Fault, { description: 'It is published only without any' }),
  changes: Type.Array(Type.String(), {
    examples: [['question users (“How many?”) is new']],
    description: 'What it changes of the version that was published before it, in words'
  }),
  version: counted,
  createdAt: Instant,
  updatedAt: Instant,
  publishedAt: nullable(Instant)
}
export const VersionHead = Type.Object(head, {
  title: 'TemplateVersionHead',
  description: 'A version of a template without its questions'
})
export const VersionSchema = Type.Object({ ...head, questionnaire: QuestionnaireObject, rules: Rules }, {
  title: 'TemplateVersion',
  description: 'A version of a template'
})

export function versionHeadView (
  version: Omit<TemplateVersion, 'questionnaire' | 'rules'>
): Static<typeof VersionHead> {
  const { id, templateId, number, state, source, issues, faults, changes } = version
  return {
    ...{ id, templateId, number, state, source },
    issues: issues.map(({ rule, ...issue }) => issue),
    faults: [...faults],
    changes: [...changes],
    version: version.version,
    createdAt: formatInstant(version.createdAt),
    updatedAt: formatInstant(version.updatedAt),
    publishedAt: instantText(version.publishedAt)
  }
}

/** `before`: the published version that a draft would follow. */
export function versionView (version: TemplateVersion, before?: TemplateVersion): Static<typeof VersionSchema> {
  const changes = version.state === 'draft' ? changesOf(version, before) : version.changes
  const { questionnaire, rules } = version
  return { ...versionHeadView({ ...version, changes }), questionnaire, rules: [...rules] }
}

/** What a version changes, unless it has faults: then nothing can be said. */
export function changesOf (version: TemplateVersion, before: TemplateVersion | undefined): string[] {
  if (before === undefined || version.faults.length > 0) return []
  return differences(before as never, version as never)
}

export const TieSchema = Type.Object({
  id: { ...Uuid, description: 'of the question' },
  templateId: nullable(Uuid),
  templateVersionId: nullable({ ...Uuid, description: 'the version that was published last' }),
  version: Type.Integer({ minimum: 0, description: 'counts the changes; 0: untied, and never tied before' })
}, { title: 'QuestionTemplate', description: 'Which template tickets about a question take their answers by' })
