import { shown } from './shown.ts'

/** How many faults the message lists; `faults` has them all. */
const DESCRIBED_MAX = 10

/**
 * One thing wrong with a calendar: where (a JSON pointer such as `/weekly/mon/0/to`), what, and the value found there.
 */
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
    const described = faults.slice(0, DESCRIBED_MAX).map(describeFault).join('; ')
    super(
      `calendar has ${faults.length} fault${faults.length === 1 ? '' : 's'}: ` +
        `${described}${faults.length > DESCRIBED_MAX ? '; …' : ''}`
    )
    this.faults = faults
  }
}

function describeFault ({ path, message, value }: CalendarFault): string {
  return `${path === '' ? '/' : path} ${message}${value === undefined ? '' : ` (found ${shown(value)})`}`
}
