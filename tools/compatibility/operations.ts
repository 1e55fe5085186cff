import { schemaChanges, type Direction, type Resolve, type Schema } from './schemas.ts'

/** An operation of an OpenAPI document, as far as callers rely on it. */
export interface Operation {
  operationId?: string
  parameters?: Parameter[]
  requestBody?: { required?: boolean, content: Content }
  responses: Record<string, { content?: Content }>
  'x-roles'?: string[]
}

interface Parameter {
  in: string
  name: string
  required?: boolean
  schema?: Schema
}

type Content = Record<string, { schema?: Schema }>

/** What callers of `before` would stumble over in `after`; lines that begin with `name`. */
export function operationChanges (
  name: string,
  before: Operation,
  after: Operation,
  resolve: { before: Resolve, after: Resolve }
): string[] {
  const of = (text: string): string => `${name}: ${text}`
  const compare = (path: string, direction: Direction, was: Content = {}, is: Content = {}): string[] =>
    Object.entries(was).flatMap(([type, { schema = {} }]) => {
      const now = is[type]
      if (now === undefined) return [of(`${path} no longer comes as ${type}`)]
      return schemaChanges(schema, now.schema ?? {}, { direction, path: `${name} ${path}`, resolve })
    })
  const { requestBody: sent } = before
  const { requestBody: taken } = after
  return [
    ...(before.operationId === after.operationId
      ? []
      : [of(`operationId ${before.operationId} became ${after.operationId}`)]),
    ...(before['x-roles'] ?? []).filter((role) => !(after['x-roles'] ?? []).includes(role)).map((role) =>
      of(`role ${role} may no longer call it`)
    ),
    ...parameterChanges(name, before.parameters ?? [], after.parameters ?? [], resolve),
    ...(sent !== undefined && taken === undefined ? [of('takes no body any more')] : []),
    ...(taken?.required === true && sent?.required !== true ? [of('a body must be sent now')] : []),
    ...(sent !== undefined && taken !== undefined ? compare('body', 'input', sent.content, taken.content) : []),
    ...Object.entries(before.responses).filter(([status]) => status.startsWith('2')).flatMap(
      ([status, { content }]) => {
        const now = after.responses[status]
        if (now === undefined) return [of(`no longer answers ${status}`)]
        return compare(`answer ${status}`, 'output', content, now.content)
      }
    )
  ]
}

function parameterChanges (
  name: string,
  before: readonly Parameter[],
  after: readonly Parameter[],
  resolve: { before: Resolve, after: Resolve }
): string[] {
  const keyOf = (parameter: Parameter): string => `${parameter.in} ${parameter.name}`
  const now = new Map(after.map((parameter) => [keyOf(parameter), parameter]))
  const known = new Set(before.map(keyOf))
  return [
    ...before.flatMap((old) => {
      const is = now.get(keyOf(old))
      if (is === undefined) return [`${name}: ${keyOf(old)} was removed`]
      return [
        ...(is.required === true && old.required !== true ? [`${name}: ${keyOf(old)} must be sent now`] : []),
        ...schemaChanges(old.schema ?? {}, is.schema ?? {}, {
          direction: 'input',
          path: `${name} ${keyOf(old)}`,
          resolve
        })
      ]
    }),
    ...after.filter((each) => each.required === true && !known.has(keyOf(each))).map((each) =>
      `${name}: ${keyOf(each)} must be sent now`
    )
  ]
}
