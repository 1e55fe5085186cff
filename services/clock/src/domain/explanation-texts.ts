import type { ClockState, Language, Metric, PauseReason } from '@dueline/contracts'
import { arabic } from './explanation-texts.ar.ts'
import { english } from './explanation-texts.en.ts'
import type { CauseWord } from './timeline.ts'

/**
 * What a language file holds: the sentences of an explanation, and words. Instants and durations come as they are
 * shown.
 */
export interface ExplanationTexts {
  readonly metrics: Record<Metric, string>
  readonly reasons: Record<PauseReason, string>
  readonly stopped: Record<Exclude<ClockState, 'running' | 'paused'>, string>
  readonly causes: Record<CauseWord, string>
  readonly builtIn: string
  readonly policyVersion: (version: string) => string
  readonly agreed: (values: { metric: string, within: string, row: string, policy: string }) => string
  /** The same for who does not know the SLA table. */
  readonly agreedWithin: (values: { metric: string, within: string }) => string
  readonly extended: (values: { by: string, target: string }) => string
  readonly aroundTheClock: string
  readonly hoursOf: (values: { calendar: string, version: string }) => string
  /** The same for who does not know the calendars by name. */
  readonly businessHours: string
  /** How long a segment was; `to` is null while it lasts. */
  readonly span: (values: { from: string, to: string | null }) => string
  readonly ran: (values: { span: string, cause: string, restart: boolean, open: string, upTo: string | null }) => string
  readonly paused: (values: { span: string, cause: string, reasons: string }) => string
  readonly stays: (values: { span: string, cause: string, state: string }) => string
  readonly left: (count: string) => string
  readonly within: (values: { used: string, target: string, left: string }) => string
  readonly tooMuch: (values: { used: string, target: string, over: string }) => string
  readonly pausedNow: string
  readonly neverDue: string
  readonly due: (values: { at: string, isOver: boolean }) => string
  readonly missed: (at: string) => string
}

/** A further language is one more file and one line here. */
export const explanationTexts: Record<Language, ExplanationTexts> = { en: english, ar: arabic }
