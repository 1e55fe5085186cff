import { Type, type Static } from 'typebox'
import { nullable, Uuid } from '../vocabulary.ts'

/** A published version without its questions: who needs them reads them by its id, and may keep them for ever. */
export const TemplatePublished = Type.Object({
  templateId: Uuid,
  templateVersionId: Uuid,
  number: Type.Integer({ minimum: 1, description: 'counts the versions of the template' }),
  name: Type.String({ maxLength: 200, description: 'of the template', examples: ['Outage'] }),
  languages: Type.Array(Type.String(), {
    description: 'language tags; the first is fallen back to',
    examples: [['en', 'ar']]
  })
}, { title: 'TemplatePublished', description: 'A version of a template was published, and never changes any more' })

export const TemplateRefused = Type.Object({
  templateId: Uuid,
  uploadId: Uuid,
  fileName: Type.String({ maxLength: 255, examples: ['outage.xlsx'] }),
  code: Type.String({ description: 'why, as a word', examples: ['type_differs'] }),
  reason: Type.String({ description: 'why, as a sentence', examples: ['the file is no workbook'] })
}, { title: 'TemplateRefused', description: 'An uploaded file has become no version of its template' })

/** Publishing another version of the template changes it too. */
export const QuestionTemplateChanged = Type.Object({
  questionId: Uuid,
  templateId: nullable(Uuid),
  templateVersionId: nullable({ ...Uuid, description: 'the newest published version; null: tickets take any answers' }),
  version: Type.Integer({ minimum: 1, description: 'counts the changes of this tie' })
}, { title: 'QuestionTemplateChanged', description: 'Tickets about a question take the answers of another template' })

export type TemplatePublished = Static<typeof TemplatePublished>
export type TemplateRefused = Static<typeof TemplateRefused>
export type QuestionTemplateChanged = Static<typeof QuestionTemplateChanged>

export const templateEvents = {
  'dueline.template.published.v1': TemplatePublished,
  'dueline.template.refused.v1': TemplateRefused,
  'dueline.question-template.changed.v1': QuestionTemplateChanged
} as const
