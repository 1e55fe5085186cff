import { schemaRef } from './named-shapes.ts'

type Json = Record<string, unknown>
type Schemas = Readonly<Record<string, Json>>

/** The field that each of these shapes must have, with a value of its own; undefined when there is none. */
export function tagOf (shapes: readonly Json[]): string | undefined {
  const valueIn = ({ properties, required = [] }: Json, name: string): unknown =>
    (required as string[]).includes(name) ? (properties as Record<string, Json>)[name]?.['const'] : undefined
  return Object.keys(shapes[0]?.['properties'] ?? {}).find((name) => {
    const values = shapes.map((shape) => valueIn(shape, name))
    return values.every((value) => typeof value === 'string') && new Set(values).size === shapes.length
  })
}

/**
 * Says by a `discriminator` which of several shapes a value is, wherever a choice of named shapes has a field that
 * tells them apart: readers of the document get a union that narrows by that field. Changes what it is given.
 */
export function tagUnions (part: unknown, schemas: Schemas): void {
  if (typeof part !== 'object' || part === null) return
  const schema = part as Json
  const choices = (Array.isArray(schema['anyOf']) ? schema['anyOf'] : []) as Array<{ $ref?: string }>
  const names = choices.flatMap(({ $ref }) => $ref === undefined ? [] : [$ref.slice(schemaRef.length)])
  const tag = names.length > 1 && names.length === choices.length
    ? tagOf(names.map((name) => schemas[name] ?? {}))
    : undefined
  if (tag !== undefined) {
    delete schema['anyOf']
    schema['oneOf'] = choices
    const valueOf = (name: string): string =>
      (schemas[name]!['properties'] as Record<string, { const: string }>)[tag]!.const
    schema['discriminator'] = {
      propertyName: tag,
      mapping: Object.fromEntries(names.map((name) => [valueOf(name), `${schemaRef}${name}`]))
    }
  }
  for (const [key, each] of Object.entries(schema)) {
    if (key !== 'examples') tagUnions(each, schemas)
  }
}
