import type { Operation, PathItem } from '@dueline/http'

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

/** The operations of a path item with their lower-case method; its annotations and parameters are none. */
export function operationsOf (item: PathItem): [method: string, operation: Operation][] {
  return methods.filter((method) => item[method] !== undefined).map((method) => [method, item[method] as Operation])
}
