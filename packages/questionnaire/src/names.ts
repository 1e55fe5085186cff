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
  for (let count = 1;; count++) {
    const name = count === 1 ? start : `${start}_${count}`
    if (!others.includes(name)) return name
  }
}
