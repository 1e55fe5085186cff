import { compileQuestionnaire, FORMAT, type Node, type Questionnaire } from '@dueline/questionnaire'

export const moment = { today: '2026-11-29', now: '2026-11-29T07:00:00.000Z' }

/** A questionnaire of these items in English and Arabic. */
export function questionnaire (items: Node[], more: Partial<Questionnaire> = {}): Questionnaire {
  return { format: FORMAT, name: 'sample', languages: [{ tag: 'en' }, { tag: 'ar' }], items, ...more }
}

export function compiled (items: Node[], more: Partial<Questionnaire> = {}) {
  return compileQuestionnaire(questionnaire(items, more))
}
