import findMyWay, { type HTTPMethod } from 'find-my-way'
import type { RouteOptions } from 'fastify'

const methodsOfWrites = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Whether a route's method may change something, and so may have a body. */
export function isWrite ({ method }: RouteOptions): boolean {
  return methodsOfWrites.includes(String(method))
}

/** Whether a route takes an Idempotency-Key. */
export function takesKey (route: RouteOptions): boolean {
  return isWrite(route) && route.config?.idempotent !== false
}

/** Which methods an address can be asked with. */
export interface Methods {
  add(route: RouteOptions): void
  /**
   * In alphabetical order, OPTIONS among them; empty for an address that no route has. An address that a route has
   * letter by letter is that route's alone: `/things/batch` is no thing whose id is `batch`.
   */
  of(address: string): HTTPMethod[]
  /** Whether an address is another route's alone, which does not take this method. */
  isTaken(method: string, address: string): boolean
}

function pathOf (address: string): string {
  const end = address.indexOf('?')
  return end < 0 ? address : address.slice(0, end)
}

/**
 * A second copy of the routes, in Fastify's own kind of router: that of Fastify looks up patterns, and never addresses.
 */
export function createMethods (): Methods {
  const router = findMyWay()
  const methods = new Set<HTTPMethod>()
  const literal = new Map<string, Set<HTTPMethod>>()
  return {
    add ({ method, url }) {
      for (const each of [method].flat() as HTTPMethod[]) {
        // Cross-origin rules answer OPTIONS on every address, also where there is nothing.
        if (each === 'OPTIONS') continue
        methods.add(each)
        router.on(each, url, () => {})
        if (/^\/v1\/[^:*]*$/.test(url)) literal.set(url, (literal.get(url) ?? new Set()).add(each))
      }
    },
    of (address) {
      const own = literal.get(pathOf(address))
      const found = new Set(
        [...own ?? methods].filter((method) => own !== undefined || router.find(method, address) !== null)
      )
      // Fastify reports to nobody the second address of a route that takes both with and without a slash, but of its
      // HEAD
      if (found.has('HEAD')) found.add('GET')
      return found.size === 0 ? [] : [...found.add('OPTIONS')].sort()
    },
    isTaken: (method, address) => literal.get(pathOf(address))?.has(method as HTTPMethod) === false
  }
}
