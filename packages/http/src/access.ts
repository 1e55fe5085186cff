import type { Role } from '@dueline/contracts'
import type { Principal } from './principal.ts'

/**
 * Who may take an action that is decided by what it is about, not by the operation: callers with one of `roles`, and
 * besides them those to whom the resource belongs.
 */
export interface Grant<Resource = never> {
  readonly roles: readonly Role[]
  readonly belongsTo?: (principal: Principal, resource: Resource) => boolean
}

type ResourceOf<G> = G extends { belongsTo: (principal: Principal, resource: infer Resource) => boolean }
  ? [resource: Resource]
  : []

/** Whether the caller may take the action on the resource; actions that belong to nobody take no resource. */
export type Authorize<Grants extends Record<string, Grant>> = <Action extends keyof Grants>(
  principal: Principal,
  action: Action,
  ...resource: ResourceOf<Grants[Action]>
) => boolean

/** Makes the `authorize` of a service from its table of grants. */
export function authorizer<Grants extends Record<string, Grant>> (grants: Grants): Authorize<Grants> {
  return (principal, action, ...about) => {
    const { roles, belongsTo }: Grant = grants[action]!
    const [resource] = about as readonly never[]
    return principal.roles.some((role) => roles.includes(role)) || belongsTo?.(principal, resource!) === true
  }
}
