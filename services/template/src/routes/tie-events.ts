import type { NewEvent } from '@dueline/contracts'
import type { Ids } from '@dueline/runtime'
import type { QuestionTemplate } from '../store/question-store.ts'

/** That tickets about a question take the answers of another version. */
export function tieChanged (tie: QuestionTemplate, templateVersionId: string | null, ids: Ids): NewEvent {
  const { tenantId, questionId, templateId, version, updatedAt } = tie
  return {
    id: ids.next(),
    type: 'dueline.question-template.changed.v1',
    subject: `question/${questionId}`,
    time: updatedAt,
    tenantId,
    partitionKey: questionId,
    sequence: version,
    historical: false,
    data: { questionId, templateId, templateVersionId, version }
  }
}
