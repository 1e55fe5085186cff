import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Logger } from '@dueline/runtime'

const mendedVersion = '2.2.4'

/** A defect of kafkajs, and what to put in its place. */
export interface Defect<T extends object> {
  /** Where kafkajs holds the class. */
  readonly module: string
  readonly methods: readonly (keyof T)[]
  /** SHA-256 of the source of these methods, joined by a space. */
  readonly source: string
  /** What comes of it unmended: completes "it is not mended and …". */
  readonly harm: string
  replace(prototype: T): void
}

/** A class of kafkajs, as it is installed. */
export interface Installed<T extends object> {
  readonly version: string
  readonly prototype: T
}

export function installed<T extends object> ({ module }: Defect<T>): Installed<T> {
  const require = createRequire(import.meta.url)
  const { version } = require('kafkajs/package.json') as { version: string }
  const { prototype } = require(`kafkajs/src/${module}`) as { prototype: T }
  return { version, prototype }
}

const mended = new Set<object>()

/**
 * Mends a defect, once in a process. Only the very methods of the very version that this was written for are replaced;
 * anything else is left alone with an error in the log.
 */
export function mend<T extends object> (
  logger: Logger,
  defect: Defect<T>,
  { version, prototype }: Installed<T> = installed(defect)
): void {
  if (mended.has(prototype)) return
  const hash = createHash('sha256').update(defect.methods.map((method) => String(prototype[method])).join(' ')).digest(
    'hex'
  )
  if (version !== mendedVersion || hash !== defect.source) {
    logger.error(
      { version, hash, module: defect.module },
      `kafkajs ${version} is not the ${mendedVersion} whose defects are known: it is not mended and ${defect.harm}`
    )
    return
  }
  mended.add(prototype)
  defect.replace(prototype)
}
