import type { FastifyBaseLogger } from 'fastify'

type Write = (...args: unknown[]) => void
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/**
 * A request's logger that is made when it first writes. Nearly all requests write nothing, and a pino child costs about
 * as much as validating a body.
 */
export function lazyLogger (parent: FastifyBaseLogger, bindings: object, options: object): FastifyBaseLogger {
  return new LazyLogger(parent, bindings, options) as unknown as FastifyBaseLogger
}

class LazyLogger {
  readonly #parent: FastifyBaseLogger
  readonly #bindings: object
  readonly #options: object
  #made: FastifyBaseLogger | undefined

  constructor (parent: FastifyBaseLogger, bindings: object, options: object) {
    this.#parent = parent
    this.#bindings = bindings
    this.#options = options
  }

  get level (): string {
    return this.#parent.level
  }

  get made (): FastifyBaseLogger {
    this.#made ??= this.#parent.child(this.#bindings as never, this.#options as never)
    return this.#made
  }

  child (bindings: object, options: object): FastifyBaseLogger {
    return this.made.child(bindings as never, options as never)
  }
}

for (const level of levels) {
  Object.defineProperty(LazyLogger.prototype, level, {
    value (this: LazyLogger, ...args: unknown[]) {
      ;(this.made[level as 'info'] as Write)(...args)
    }
  })
}
