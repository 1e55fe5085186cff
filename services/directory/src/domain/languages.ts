import type { Language } from '@dueline/contracts'

/** What a body says of languages: `language` is the first, `languages` all of them. */
export interface SentLanguages {
  readonly language?: Language | undefined
  readonly languages?: readonly Language[] | undefined
}

/** The languages of a person after a change: who sends the first only puts it before those that are known. */
export function languagesAfter (before: readonly Language[], { language, languages }: SentLanguages): Language[] {
  const wanted = languages ?? before
  return language === undefined ? [...wanted] : [language, ...wanted.filter((each) => each !== language)]
}

/** Whether a body contradicts itself. */
export function contradicts ({ language, languages }: SentLanguages): boolean {
  return language !== undefined && languages !== undefined && languages[0] !== language
}
