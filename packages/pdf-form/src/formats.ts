import { dictIn, scriptOf } from './objects.ts'
import { type Field, lineage } from './structure.ts'

/** What the scripts of a text field say about its answers. They are looked at, never run. */
export interface Format {
  kind: 'text' | 'integer' | 'decimal' | 'date' | 'time' | 'date_time'
  /** How a date or time is written, in the letters of Acrobat: `dd/mm/yyyy`, `HH:MM`. */
  pattern?: string
  decimals?: number
  min?: number
  max?: number
  /** Its value is computed by a script. */
  isComputed: boolean
}

/** By their number in `AFDate_Format` and `AFTime_Format`. */
const datePatterns = [
  'm/d',
  'm/d/yy',
  'mm/dd/yy',
  'mm/yy',
  'd-mmm',
  'd-mmm-yy',
  'dd-mmm-yy',
  'yy-mm-dd',
  'mmm-yy',
  'mmmm-yy',
  'mmm d, yyyy',
  'mmmm d, yyyy',
  'm/d/yy h:MM tt',
  'm/d/yy HH:MM'
]
const timePatterns = ['HH:MM', 'h:MM tt', 'HH:MM:ss', 'h:MM:ss tt']
const number = '(-?\\d+(?:\\.\\d+)?)'

export function formatOf (field: Field): Format {
  const script = (key: string) => {
    const holder = [field.dict, ...field.widgets.map(({ dict }) => dict)].flatMap(lineage)
      .find((dict) => dictIn(dictIn(dict, 'AA') ?? dict, key) !== undefined)
    return scriptOf(holder && dictIn(dictIn(holder, 'AA') ?? holder, key)).slice(0, 10_000)
  }
  const written = `${script('F')}\n${script('K')}`
  const isComputed = script('C') !== ''
  const date = patternIn(written, 'AFDate_', datePatterns)
  if (date !== undefined) return { ...dateFormat(date), isComputed }
  const time = patternIn(written, 'AFTime_', timePatterns)
  if (time !== undefined) return { kind: 'time', pattern: time, isComputed }
  const decimals = /AFNumber_(?:Format|Keystroke)\s*\(\s*(\d+)/.exec(written)?.[1]
  if (decimals === undefined) return { kind: 'text', isComputed }
  const kind = Number(decimals) === 0 ? 'integer' : 'decimal'
  return { kind, decimals: Math.min(Number(decimals), 15), ...rangeIn(script('V')), isComputed }
}

function patternIn (script: string, prefix: string, numbered: string[]): string | undefined {
  const call = new RegExp(`${prefix}(?:Format|Keystroke)(?:Ex)?\\s*\\(\\s*(?:["']([^"']{1,40})["']|(\\d{1,2}))`)
  const [, pattern, index] = call.exec(script) ?? []
  return pattern ?? (index === undefined ? undefined : numbered[Number(index)])
}

/** Without a day, a month or a year it is no date that the format of questionnaires knows. */
function dateFormat (pattern: string): Pick<Format, 'kind' | 'pattern'> {
  const isWhole = /d/.test(pattern) && /m/.test(pattern) && /y/.test(pattern)
  if (!isWhole) return { kind: 'text' }
  return { kind: /[hH]/.test(pattern) && /M/.test(pattern) ? 'date_time' : 'date', pattern }
}

function rangeIn (script: string): Pick<Format, 'min' | 'max'> {
  const call = new RegExp(
    `AFRange_Validate\\s*\\(\\s*(true|false)\\s*,\\s*${number}?\\s*,\\s*(true|false)\\s*,\\s*${number}?`
  )
  const [, hasMin, min, hasMax, max] = call.exec(script.replace(/["']/g, '')) ?? []
  return {
    ...(hasMin === 'true' && min !== undefined ? { min: Number(min) } : {}),
    ...(hasMax === 'true' && max !== undefined ? { max: Number(max) } : {})
  }
}
