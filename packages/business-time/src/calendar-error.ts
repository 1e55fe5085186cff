/** One thing wrong with a calendar: where (a JSON pointer such as `/weekly/mon/0/to`), what, and the value found there. */
export interface CalendarFault {
  readonly path: string
  readonly message: string
  readonly value?: unknown
}

/** A calendar that cannot be compiled, with every fault that was found in it. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError'
  readonly faults: readonly CalendarFault[]

  constructor (faults: readonly CalendarFault[]) {
    super(`calendar has ${faults.length} fault${faults.length === 1 ? '' : 's'}: ${faults.slice(0, 10).map(describeFault).join('; ')}${faults.length > 10 ? '; …' : ''}`)
    this.faults = faults
  }
}

function describeFault ({ path, message, value }: CalendarFault): string {
  const shown = value === undefined ? '' : ` (found ${JSON.stringify(value) ?? String(value)})`
  return `${path === '' ? '/' : path} ${message}${shown.length > 80 ? `${shown.slice(0, 79)}…)` : shown}`
}
