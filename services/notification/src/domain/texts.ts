import type { Language } from '@dueline/contracts'
import { arabic } from './texts.ar.ts'
import { english } from './texts.en.ts'

/** The values a text may name. All of them are plain text; instants are formatted by the caller for the reader. */
export interface TextValues {
  number: string
  subject: string
  status: string
  /** Screen name of whoever acted, '' when nobody did. Never an original name: customers read these. */
  actor: string
  excerpt: string
  metric: string
  dueAt: string
  level: string
  name: string
}

export interface Text { subject: string, body: string }

/** What a language file holds: a text per event and part, and the words for enumerations. */
export interface LanguageTexts {
  texts: Record<TextKey, { subject: string, body: string }>
  words: Record<string, string>
}

export const textKeys = [
  'ticket.created/customer', 'ticket.assigned/assignee', 'ticket.reopened/assignee', 'ticket.message-added/customer',
  'ticket.message-added/assignee', 'ticket.waiting_on_customer/customer', 'ticket.resolved/customer', 'ticket.closed/customer',
  'clock.warned', 'clock.reminded', 'clock.breached', 'escalation.level-reached'
] as const
export type TextKey = typeof textKeys[number]

const languages: Record<Language, LanguageTexts> = { en: english, ar: arabic }

/** The text of `key` in `language`, its `{names}` filled in. A further language is one more file and one more line above. */
export function renderText (language: Language, key: TextKey, values: TextValues): Text {
  const { texts, words } = languages[language]
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name as keyof TextValues]
    return name === 'status' || name === 'metric' ? words[value] ?? value : value
  })
  const { subject, body } = texts[key]
  // A subject is one line whatever a customer typed into the ticket's.
  return { subject: fill(subject).replace(/\s+/g, ' ').slice(0, 500), body: fill(body) }
}

/** Right-to-left languages need their direction said in HTML. */
export function directionOf (language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr'
}
