import { scopes, type Scope } from '@dueline/contracts'
import type { RouteOptions } from 'fastify'
import { takesKey } from './methods.ts'

/**
 * The scope that an API key needs for an operation of a service: reading or writing its area. A POST that takes no
 * `Idempotency-Key` reads, unless it `publishes`. Null: people alone may; undefined: whoever may come at all.
 */
export function scopeOf (route: RouteOptions, service: string): Scope | null | undefined {
  const { config = {} } = route
  if (config.keys === 'none') return null
  if (config.keys === 'any' || config.roles === 'public') return undefined
  const access = takesKey(route) || config.publishes === true ? 'write' : 'read'
  // a service that has no scopes is none of ours: apps in tests
  return scopes.find((scope) => scope === `${config.area ?? service}:${access}`)
}
