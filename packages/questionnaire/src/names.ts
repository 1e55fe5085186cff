import { isReserved } from './checks.ts'
import { namePattern } from './format.ts'

const isName = new RegExp(namePattern)

/** A name of the format that is not among those taken: the written one where it can be, else one like it. */
export function asName (written: string, others: readonly string[]): string {
  const cleaned = written.normalize('NFKD').replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)|^_+(?=_)/, '_')
  const bare = cleaned.replace(/^_+$/, '') || 'question'
  const base = isName.test(bare.slice(0, 60)) && !isReserved(bare)
    ? bare.slice(0, 60)
    : `${bare.slice(0, 58).replace(/^_+/, '')}_`
  const start = isName.test(base) ? base : `q_${base}`.slice(0, 60)
  if (!others.includes(start)) return start
  const taken = new Set(others)
  for (let count = 2;; count++) if (!taken.has(`${start}_${count}`)) return `${start}_${count}`
}
