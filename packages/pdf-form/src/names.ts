import { asName } from '@dueline/questionnaire/import'

/** Gives names of the format, each once: what is written where it can be, else one like it. */
export function nameGiver (): (written: string) => string {
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  return (written) => {
    const base = asName(written.replace(/[^A-Za-z0-9]+$/, ''), []).slice(0, 56)
    for (let count = counts.get(base) ?? 1;; count++) {
      const name = count === 1 ? base : `${base}_${count}`
      counts.set(base, count + 1)
      if (taken.has(name)) continue
      taken.add(name)
      return name
    }
  }
}
