import type { Questionnaire, Texts } from './format.ts'
import { isContainer, walk } from './walk.ts'

/** A text that a language lacks. */
export interface MissingText {
  /** Of the cell that is empty: `/items/0/label/ar`. */
  pointer: string
  /** Of the question or container, or of the choice as `LIST.CHOICE`; absent for the title. */
  name?: string
  field: 'title' | 'label' | 'hint' | 'requiredMessage' | 'constraintMessage'
  language: string
}

/**
 * Each text that is there in one language and missing in another, in the order of the questionnaire. A label that every
 * question and choice must have counts as missing in all languages when there is none; calculated ones need no label.
 */
export function missingTexts (questionnaire: Questionnaire): MissingText[] {
  const missing: MissingText[] = []
  const tags = questionnaire.languages.map(({ tag }) => tag)
  const look = (texts: Texts | undefined, at: string, field: MissingText['field'], name?: string, must = false) => {
    if (texts === undefined && !must) return
    for (const language of tags) {
      if (texts !== undefined && Object.hasOwn(texts, language)) continue
      missing.push({ pointer: `${at}/${field}/${language}`, ...(name === undefined ? {} : { name }), field, language })
    }
  }
  look(questionnaire.title, '', 'title')
  walk(questionnaire.items, (node, pointer) => {
    look(node.label, pointer, 'label', node.name, !isContainer(node) && node.kind !== 'calculated')
    look(node.hint, pointer, 'hint', node.name)
    if ('requiredMessage' in node) look(node.requiredMessage, pointer, 'requiredMessage', node.name)
    if ('constraintMessage' in node) look(node.constraintMessage, pointer, 'constraintMessage', node.name)
  })
  for (const [list, choices] of Object.entries(questionnaire.lists ?? {})) {
    choices.forEach((choice, index) => {
      look(choice.label, `/lists/${list}/${index}`, 'label', `${list}.${choice.name}`, true)
    })
  }
  return missing
}

/** The text in a language, else in the base of its tag (`ar` for `ar-SA`), else in the first that there is. */
export function textIn (texts: Texts | undefined, language: string, fallback: string): string | undefined {
  if (texts === undefined) return undefined
  return own(texts, language) ?? own(texts, language.split('-')[0] ?? language) ?? own(texts, fallback) ??
    Object.values(texts)[0]
}

function own (texts: Texts, language: string): string | undefined {
  return Object.hasOwn(texts, language) ? texts[language] : undefined
}
