import type { Reminder } from '@dueline/contracts'
import { readDuration, type Cell, type Read } from './cells.ts'

// A single `75%` in a cell becomes the number 0.75 in a spreadsheet, so a percentage is written `at 75%`.

/** Reminders in the words of a cell: `at 75%; at 90% urgent; PT6H before; PT1H after urgent`. */
export function writeReminders (reminders: readonly Reminder[]): string {
  if (reminders.length === 0) return 'none'
  return reminders.map((reminder) => {
    const at = 'percent' in reminder
      ? `at ${reminder.percent}%`
      : 'before' in reminder
      ? `${reminder.before} before`
      : `${reminder.after} after`
    return reminder.urgent === true ? `${at} urgent` : at
  }).join('; ')
}

const wanted = 'must be reminders such as "at 75%; at 90% urgent; PT6H before; PT1H after", or "none"'

/** Reads what `writeReminders` writes, and what people write in its place. */
export function readReminders (cell: Cell): Read {
  if (typeof cell === 'number' && cell > 0 && cell < 1) {
    return { value: [{ percent: Math.round(cell * 1e8) / 1e6 }] }
  }
  const text = String(cell).trim()
  if (text.toLowerCase() === 'none') return { value: [] }
  const reminders: object[] = []
  for (const part of text.split(/[;\n]/).map((each) => each.trim()).filter((each) => each !== '')) {
    const reminder = reminderOf(part)
    if (reminder === undefined) return { fault: `${wanted}; "${part.slice(0, 40)}" is none` }
    reminders.push(reminder)
  }
  return { value: reminders }
}

function reminderOf (part: string): object | undefined {
  const [, said = '', urgent] = /^(.*?)(\s+urgent)?$/i.exec(part) ?? []
  const also = urgent === undefined ? {} : { urgent: true }
  const percent = /^(?:at\s+)?(\d+(?:[.,]\d+)?)\s*%$/i.exec(said)
  if (percent !== null) return { percent: Number(percent[1]!.replace(',', '.')), ...also }
  const [, duration, side] = /^(.+?)\s+(before|after)$/i.exec(said) ?? []
  if (duration === undefined || side === undefined) return undefined
  const read = readDuration(duration)
  return 'fault' in read ? undefined : { [side.toLowerCase()]: read.value, ...also }
}
