import t from 'tap'
import { schemaChanges, type Direction, type Schema } from '../../tools/compatibility/schemas.ts'

const asItIs = { before: (schema: Schema) => schema, after: (schema: Schema) => schema }
const changes = (direction: Direction, before: Schema, after: Schema): string[] =>
  schemaChanges(before, after, { direction, path: 'x', resolve: asItIs })

const object = (properties: Record<string, Schema>, required: string[] = [], more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  required,
  ...more
})
const text = { type: 'string' }
const oneOf = (...values: string[]): Schema => ({ type: 'string', enum: values })
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] })

/** A change, and in which directions it breaks somebody: `-` in none. */
const cases: Record<string, [before: Schema, after: Schema, breaks: Direction[]]> = {
  'the same': [object({ a: text }, ['a']), object({ a: text }, ['a']), []],
  'an optional field more': [object({ a: text }), object({ a: text, b: text }), []],
  'a required field more': [object({ a: text }), object({ a: text, b: text }, ['b']), ['input']],
  'a field less': [object({ a: text, b: text }), object({ a: text }), ['input', 'output', 'event']],
  'a field that must be there': [object({ a: text }), object({ a: text }, ['a']), ['input']],
  'a field that may be missing': [object({ a: text }, ['a']), object({ a: text }), ['output', 'event']],
  'a value less': [oneOf('a', 'b'), oneOf('a'), ['input', 'output', 'event']],
  'a value more': [oneOf('a'), oneOf('a', 'b'), ['output', 'event']],
  'values in another order': [oneOf('a', 'b'), oneOf('b', 'a'), []],
  'only some values': [text, oneOf('a'), ['input', 'event']],
  'any value': [oneOf('a'), text, ['output', 'event']],
  'a constant that is another': [{ const: 1 }, { const: 2 }, ['input', 'output', 'event']],
  'a form where there was none': [{}, orNull(text), ['input', 'event']],
  'no form any more': [text, {}, ['output', 'event']],
  'another type': [{ type: 'integer' }, text, ['input', 'output', 'event']],
  'a wider type': [{ type: 'integer' }, { type: 'number' }, ['output', 'event']],
  'a narrower type': [{ type: 'number' }, { type: 'integer' }, ['input']],
  'a type more': [text, { type: ['string', 'null'] }, ['output', 'event']],
  'null taken too': [orNull(text), orNull(text), []],
  'null no longer': [orNull(text), { anyOf: [text] }, ['input', 'output', 'event']],
  'an alternative more': [{ anyOf: [text] }, orNull(text), ['output', 'event']],
  'one of several objects instead of one': [object({ a: text, b: text }), {
    anyOf: [object({ a: text }, ['a']), object({ b: text }, ['b'])]
  }, ['input']],
  'one of several objects, of which one is another': [object({ a: text }, ['a']), {
    anyOf: [object({ a: text }, ['a']), object({ b: text }, ['b'])]
  }, ['input', 'output', 'event']],
  'alternatives in another order': [orNull(text), { anyOf: [{ type: 'null' }, text] }, []],
  'longer texts': [{ type: 'string', maxLength: 5 }, { type: 'string', maxLength: 6 }, ['event']],
  'shorter texts': [{ type: 'string', maxLength: 5 }, { type: 'string', maxLength: 4 }, ['input', 'event']],
  'no longest text': [{ type: 'string', maxLength: 5 }, text, ['event']],
  'a longest text': [text, { type: 'string', maxLength: 5 }, ['input', 'event']],
  'a greater least number': [{ minimum: 0 }, { minimum: 1 }, ['input', 'event']],
  'a smaller least number': [{ minimum: 1 }, { minimum: 0 }, ['event']],
  'another pattern': [{ pattern: 'a' }, { pattern: 'b' }, ['input', 'event']],
  'digits in words of every engine': [{ pattern: String.raw`^\d\D$` }, { pattern: String.raw`^[0-9]\D$` }, []],
  'no pattern': [{ pattern: 'a' }, {}, ['event']],
  'inside of a list': [{ type: 'array', items: oneOf('a', 'b') }, { type: 'array', items: oneOf('a') }, [
    'input',
    'output',
    'event'
  ]],
  'inside of a field': [object({ a: object({ b: text }) }), object({ a: object({}) }), ['input', 'output', 'event']],
  'a field more where there are no others': [
    object({}, [], { additionalProperties: false }),
    object({ a: text }, [], { additionalProperties: false }),
    ['output', 'event']
  ],
  'no other fields': [object({}), object({}, [], { additionalProperties: false }), ['input']],
  'other fields too': [object({}, [], { additionalProperties: false }), object({}), []],
  'other fields of another type': [
    object({}, [], { additionalProperties: { type: 'integer' } }),
    object({}, [], { additionalProperties: text }),
    ['input', 'output', 'event']
  ],
  'one more of all': [{ allOf: [object({ a: text })] }, { allOf: [object({ a: text }), object({ b: text }, ['b'])] }, [
    'input',
    'output',
    'event'
  ]]
}

for (const [name, [before, after, breaks]] of Object.entries(cases)) {
  t.test(`${name}: breaks ${breaks.join(', ') || 'nobody'}`, async (t) => {
    for (const direction of ['input', 'output', 'event'] as const) {
      const found = changes(direction, before, after)
      t.equal(found.length > 0, breaks.includes(direction), `${direction}: ${found.join('; ')}`)
    }
  })
}

t.test('a change says where it is and what it was', async (t) => {
  const before = object({ list: { type: 'array', items: object({ kind: orNull(oneOf('a', 'b')) }) } })
  const after = object({ list: { type: 'array', items: object({ kind: orNull(oneOf('a')) }) } })
  t.same(changes('input', before, after), ['x.list[].kind<string>: no longer has the value "b"'])
  t.same(changes('input', { maximum: 3 }, { maximum: 2 }), ['x: maximum 3 became 2'])
})

t.test('a schema may hold itself', async (t) => {
  const condition = (value: Schema): Schema => {
    const schema: Schema = object({ value })
    schema['properties'] = { value, all: { type: 'array', items: schema } }
    return schema
  }
  t.same(changes('event', condition(text), condition(text)), [])
  t.same(changes('event', condition(text), condition({ type: 'integer' })), ['x.value: type string became integer'])
})
