import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'

type Targets = Readonly<Record<string, { readonly atMost?: number, readonly atLeast?: number }>>

/** Writes what was measured, and on which machine, into the README of the package. */
export function writeTable (figures: Record<string, number>, targets: Targets): void {
  const readme = new URL('../../packages/business-time/README.md', import.meta.url)
  const text = readFileSync(readme, 'utf8')
  const rows = Object.entries(figures).map(([figure, value]) => {
    const target = targets[figure]
    const bound = target?.atLeast === undefined
      ? (target?.atMost === undefined ? '' : `at most ${target.atMost}`)
      : `at least ${target.atLeast}`
    return `| ${figure} | ${value.toLocaleString('en', { maximumSignificantDigits: 3 })} | ${bound} |`
  })
  const versions = ['dayjs', 'dayjs-business-time', 'luxon-business-days'].map((peer) => `${peer} ${versionOf(peer)}`)
    .join(', ')
  const machine =
    `${cpus()[0]?.model.trim() ?? 'unknown'}, one core of ${cpus().length}; Node ${process.versions.node}, ` +
    `IANA data ${process.versions.tz}; ${versions}.`
  const table = `${machine}\n\n| figure | measured | target |\n|---|---:|---:|\n${rows.join('\n')}`
  writeFileSync(
    readme,
    text.replace(
      /(<!-- bench -->\n)[^]*(\n<!-- \/bench -->)/,
      (_, begin: string, end: string) => `${begin}${table}${end}`
    )
  )
}

function versionOf (peer: string): string {
  try {
    return (createRequire(import.meta.url)(`${peer}/package.json`) as { version: string }).version
  } catch {
    return '(not installed)'
  }
}
