import findMyWay, { type HTTPMethod } from 'find-my-way'
import type { RouteOptions } from 'fastify'

/** Which methods an address can be asked with. */
export interface Methods {
  add(route: RouteOptions): void
  /** In alphabetical order, OPTIONS among them; empty for an address that no route has. */
  of(address: string): HTTPMethod[]
}

/**
 * A second copy of the routes, in Fastify's own kind of router: that of Fastify looks up patterns, and never addresses.
 */
export function createMethods (): Methods {
  const router = findMyWay()
  const methods = new Set<HTTPMethod>()
  return {
    add ({ method, url }) {
      for (const each of [method].flat() as HTTPMethod[]) {
        // Cross-origin rules answer OPTIONS on every address, also where there is nothing.
        if (each === 'OPTIONS') continue
        methods.add(each)
        router.on(each, url, () => {})
      }
    },
    of (address) {
      const found = [...methods].filter((method) => router.find(method, address) !== null)
      return found.length === 0 ? [] : [...found, 'OPTIONS' as const].sort()
    }
  }
}
