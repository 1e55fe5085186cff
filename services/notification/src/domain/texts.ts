import { cleanLine, cleanText, directionOf, isolated, type EventType, type Language } from '@dueline/contracts'
import type { AudienceOf, NotifiableStatus, NotifiableType } from './audience.ts'
import { arabic } from './texts.ar.ts'
import { english } from './texts.en.ts'

/** The values a text may name. The caller formats instants and durations for the reader, all else is as it came. */
export interface TextValues {
  number: string
  subject: string
  status: string
  /** Screen name of whoever acted, never empty. Never an original name: customers read these. */
  actor: string
  excerpt: string
  metric: string
  dueAt: string
  /** Since when the customer has waited. */
  since: string
  /** `50%`, or how long before or after the deadline. */
  mark: string
  /** Time left. */
  left: string
  /** The word of the language, or ''. */
  urgent: string
  level: string
  escalationId: string
  name: string
}

export interface Text {
  subject: string
  body: string
}

/** What a language file holds: a text per event and part, sentences that are added to them, and words. */
export interface LanguageTexts {
  texts: Record<TextKey, Text>
  sentences: Record<SentenceKey, string>
  words: Record<WordKey, string>
}

type NounOf<T extends EventType> = T extends `dueline.${infer Noun}.v1` ? Noun : never
type StatusChanged = 'dueline.ticket.status-changed.v1'

/**
 * One text for each event and audience (`clock.warned/staff`); a change of status is named by the status, and an
 * assignment to nobody is `ticket.unassigned`.
 */
export type TextKey =
  | {
    [T in Exclude<NotifiableType, StatusChanged>]: `${NounOf<T>}/${AudienceOf<T>}`
  }[Exclude<NotifiableType, StatusChanged>]
  | `ticket.${NotifiableStatus}/${AudienceOf<StatusChanged>}`
  | 'ticket.unassigned/staff'

export type SentenceKey =
  | 'unassigned'
  | 'inactive'
  | 'urgent'
  | 'open'
  | 'open.breached'
  | 'open.due'
  | 'open.paused'
  | 'open.waiting'

export type WordKey =
  | 'new'
  | 'open'
  | 'waiting_on_customer'
  | 'waiting_on_vendor'
  | 'resolved'
  | 'closed'
  | 'cancelled'
  | 'first_response'
  | 'next_response'
  | 'periodic_update'
  | 'resolution'
  /** Added to "warning": it is urgent. */
  | 'urgent'
  /** Added to a duration that counts in the hours of a calendar. */
  | 'workingTime'
  /** Of a duration: next to nothing. */
  | 'noTime'
  /** For a reader without a name, behind "Hello". */
  | 'somebody'
  /** For an author without a name. */
  | 'team'

const languages: Record<Language, LanguageTexts> = { en: english, ar: arabic }

/** The text of `key` in `language`, its `{names}` filled in. A further language is one more file and one line above. */
export function renderText (language: Language, key: TextKey, values: TextValues): Text {
  const { subject, body } = languages[language].texts[key]
  return { subject: fill(subject, language, values), body: fill(body, language, values) }
}

export function renderSentence (language: Language, key: SentenceKey, values: Partial<TextValues>): string {
  return fill(languages[language].sentences[key], language, values)
}

export function wordOf (language: Language, key: WordKey): string {
  return languages[language].words[key]
}

/** What people have typed, with the most that is shown of it; all other values are of our own making. */
const typed: Partial<Record<keyof TextValues, number>> = {
  subject: 300,
  actor: 60,
  level: 60,
  name: 200,
  escalationId: 40
}
const excerptMax = 500

function fill (text: string, language: Language, values: Partial<TextValues>): string {
  const words: Record<string, string> = languages[language].words
  const direction = directionOf(language)
  return text.replace(/\{(\w+)\}/g, (_, key: string) => {
    const name = key as keyof TextValues
    const value = values[name] ?? ''
    if (name === 'status' || name === 'metric') return words[value] ?? value
    if (name === 'excerpt') {
      return cleanText(value, excerptMax).split('\n').map((line) => isolated(line, direction)).join('\n')
    }
    const most = typed[name]
    return most === undefined ? value.replace(/\s/g, ' ') : isolated(cleanLine(value, most), direction)
  })
}
