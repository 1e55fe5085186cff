import { tagOf } from '@dueline/contracts'
import type { ErrorObject } from 'ajv'

type Shape = Record<string, unknown> & { properties?: Record<string, { const?: unknown }> }

/**
 * The errors without those of shapes that were not meant: where the shapes of a choice have a field that tells them
 * apart, the others say nothing to whoever has sent a value for it. A value of none of them is one error.
 */
export function withoutOtherShapes (errors: readonly ErrorObject[]): ErrorObject[] {
  const dropped = new Set<ErrorObject>()
  const unknown: ErrorObject[] = []
  for (const choice of errors) {
    if ((choice.keyword !== 'anyOf' && choice.keyword !== 'oneOf') || dropped.has(choice)) continue
    const tag = tagOf(choice.schema as Shape[])
    if (tag === undefined) continue
    const pointer = `${choice.instancePath}/${tag}`
    // the items of a list share their schema
    const within = errors.filter(({ instancePath }) => `${instancePath}/`.startsWith(`${choice.instancePath}/`))
    const shapes = (choice.schema as Shape[]).map((_, i) =>
      within.filter(({ schemaPath }) => schemaPath.startsWith(`${choice.schemaPath}/${i}/`))
    )
    const others = shapes.filter((shape) =>
      shape.some(({ keyword, instancePath }) => keyword === 'const' && instancePath === pointer)
    )
    for (const error of others.flat()) dropped.add(error)
    if (others.length < shapes.length) continue
    const allowedValues = (choice.schema as Shape[]).map(({ properties }) => properties?.[tag]?.const)
    unknown.push({ ...choice, keyword: 'enum', instancePath: pointer, params: { allowedValues } })
    dropped.add(choice)
  }
  return [...errors.filter((error) => !dropped.has(error)), ...unknown]
}
