import { cleanLine } from '@dueline/contracts'
import { baseErrors, problem } from '@dueline/http'
import ical from 'ical.js'

export type Component = InstanceType<typeof ical.Component>

/** Most events of a file. */
export const icsEventsMax = 5_000

/** An event of a file, or why it cannot be read. */
export type ReadEvent = { readonly component: Component } | { readonly uid: string, readonly fault: string }

/** What a file has in it. */
export interface IcsFile {
  readonly events: readonly ReadEvent[]
  /** `X-WR-TIMEZONE`: the zone of times that name none. */
  readonly zoneName: string | null
}

/**
 * Reads a file of calendars (RFC 5545). An event that cannot be read is one with a fault; the others are read all the
 * same.
 * @throws Problem 400 for what is no such file, has no events, or too many
 */
export function readIcs (bytes: Buffer): IcsFile {
  const { frame, events } = eventsOf(textOf(bytes))
  if (!/^BEGIN:VCALENDAR$/im.test(frame)) {
    const start = cleanLine(frame.slice(0, 200), 40)
    refused(`is no iCalendar file: it has no line BEGIN:VCALENDAR${start === '' ? '' : `, it begins with "${start}"`}`)
  }
  if (events.length === 0) refused('has no events')
  if (events.length > icsEventsMax) refused(`has ${events.length} events; at most ${icsEventsMax} are taken at once`)
  try {
    const calendars = componentsIn(frame)
    const zoneName = calendars.map((each) => each.getFirstPropertyValue('x-wr-timezone')).find((name) => name !== null)
    return {
      events: events.map((text) => readEvent(text)),
      zoneName: typeof zoneName === 'string' ? zoneName : null
    }
  } catch (error) {
    return refused(`is no iCalendar file: ${messageOf(error)}`)
  }
}

function refused (message: string): never {
  return problem(baseErrors.validation_failed, { detail: `the file ${message}`, faults: [{ pointer: '', message }] })
}

/** What a library says is wrong, which may hold the file's own text. */
export function messageOf (error: unknown): string {
  return cleanLine((error as Error).message, 200)
}

/** The text with each line whole: a line may be folded within a letter, so bytes are joined and not characters. */
function textOf (bytes: Buffer): string {
  const unfolded = Buffer.from(bytes.toString('latin1').replace(/\r?\n[ \t]/g, ''), 'latin1')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(unfolded)
  } catch {
    return refused('is not UTF-8')
  }
}

/** Each event for itself, so that one that is wrong does not take the others with it, and the file without them. */
function eventsOf (text: string): { frame: string, events: string[] } {
  const frame: string[] = []
  const events: string[] = []
  let event: string[] | null = null
  for (const line of text.split(/\r?\n/)) {
    if (/^BEGIN:VEVENT$/i.test(line)) event = [line]
    else if (event === null) frame.push(line)
    else event.push(line)
    if (event !== null && /^END:VEVENT$/i.test(line)) {
      events.push(event.join('\r\n'))
      event = null
    }
  }
  if (event !== null) refused('ends within an event')
  return { frame: frame.join('\r\n').trim(), events }
}

/** Dates that do not say that they are dates, as some calendars write them. */
const bareDates = /^(DTSTART|DTEND|EXDATE|RDATE|RECURRENCE-ID):(\d{8}(?:,\d{8})*)$/gim

function readEvent (text: string): ReadEvent {
  try {
    const dated = text.replace(bareDates, '$1;VALUE=DATE:$2')
    const [calendar] = componentsIn(`BEGIN:VCALENDAR\r\n${dated}\r\nEND:VCALENDAR`)
    return { component: calendar!.getFirstSubcomponent('vevent')! }
  } catch (error) {
    const uid = /^UID[^:\r\n]*:(.*)$/im.exec(text)?.[1] ?? ''
    return { uid: cleanLine(uid, 200), fault: `cannot be read: ${messageOf(error)}` }
  }
}

function componentsIn (text: string): Component[] {
  const parsed = ical.parse(text) as unknown[]
  // a file with several calendars is a list of them
  return (typeof parsed[0] === 'string' ? [parsed] : parsed).map((each) => new ical.Component(each as never))
}
