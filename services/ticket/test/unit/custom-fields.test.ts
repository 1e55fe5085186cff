import t from 'tap'
import {
  customFaults,
  customForCustomers,
  valueSchemaFault,
  type CustomField,
  type ValueSchema
} from '../../src/domain/custom-fields.ts'

function field (valueSchema: ValueSchema, more: Partial<CustomField> = {}): [string, CustomField] {
  const named = { name: 'floor', valueSchema, customers: 'hidden' as const, editors: [], ...more }
  return [named.name, named]
}

const all = (): boolean => true
const values: [ValueSchema, unknown[], [unknown, string | RegExp][]][] = [
  [{ type: 'string', enum: ['A', 'B'] }, ['A'], [['C', 'must be one of A, B'], [1, 'must be a string']]],
  [{ type: 'string', maxLength: 3 }, ['', 'abc'], [['abcd', 'must not have more than 3 characters']]],
  [{ type: 'string', format: 'date' }, ['2026-02-28'], [['2026-02-30', 'must match format "date"']]],
  [{ type: 'string', format: 'date-time' }, ['2026-02-28T08:00:00+03:00'], [
    ['2026-02-30T08:00:00Z', 'is not a date and time that exists, from 1970 to 2255'],
    ['soon', /RFC 3339/]
  ]],
  [{ type: 'string', format: 'uri' }, ['https://example.org/a?b#c'], [
    ['javascript:void(0)', 'must be an http or https address'],
    ['example.org', 'must be an http or https address']
  ]],
  [{ type: 'string', format: 'email' }, ['a@example.org'], [['a', 'must match format "email"']]],
  [{ type: 'integer', minimum: 0, maximum: 9 }, [0, 9], [[-1, 'must be >= 0'], [10, 'must be <= 9'], [
    1.5,
    'must be an integer'
  ]]],
  [{ type: 'number' }, [1.5], [['1', 'must be a number'], [null, 'must be a number']]],
  [{ type: 'boolean' }, [true, false], [[0, 'must be true or false']]],
  [{ type: 'array', items: { type: 'string', enum: ['x', 'y'] }, uniqueItems: true }, [[], ['x', 'y']], [
    [['x', 'x'], 'must not have duplicate items'],
    ['x', 'must be an array']
  ]]
]
t.test('values meet what is said of their field', async (t) => {
  for (const [schema, right, wrong] of values) {
    const fields = new Map([field(schema)])
    for (const floor of right) t.same(customFaults({}, { floor }, fields, all), [], JSON.stringify({ schema, floor }))
    for (const [floor, message] of wrong) {
      t.match(customFaults({}, { floor }, fields, all), [{ pointer: '/custom/floor', message }], JSON.stringify(floor))
    }
  }
  const fields = new Map([field({ type: 'array', items: { type: 'string', maxLength: 1 } })])
  t.match(customFaults({}, { floor: ['a', 'bc'] }, fields, all), [{ pointer: '/custom/floor/1' }], 'where in a list')
})

t.test('only what changes is held against it, and by whom', async (t) => {
  const fields = new Map([field({ type: 'boolean' })])
  const none = (): boolean => false
  const refused = [{ pointer: '/custom/floor', message: 'is not for you to set' }]
  t.same(customFaults({ floor: 'old' }, { floor: 'old', other: 1 }, fields, none), [], 'what was there before it')
  t.same(customFaults({ floor: true }, { floor: false }, fields, none), refused)
  t.match(customFaults({ floor: true }, {}, fields, none), [{ message: /not for you to remove/ }], 'nor removed')
  t.same(customFaults({ floor: true }, {}, fields, all), [])
  t.same(customFaults({}, { floor: 'wrong' }, fields, none), refused, 'and no word of what would be right')
  t.same(customFaults({}, { constructor: 1 }, fields, none), [], 'of others nothing is said')
})

t.test('customers see what they may see, and of the rest what they have set', async (t) => {
  const fields = new Map([
    field({ type: 'boolean' }, { name: 'hidden' }),
    field({ type: 'boolean' }, { name: 'seen', customers: 'see' }),
    field({ type: 'boolean' }, { name: 'own', customers: 'write' })
  ])
  const custom = { hidden: true, seen: true, own: true, theirs: 1, ours: 2 }
  t.same(customForCustomers(custom, ['hidden', 'theirs'], fields), { seen: true, own: true, theirs: 1 })
})

t.test('a schema that no value meets', async (t) => {
  t.match(valueSchemaFault({ type: 'string', minLength: 3, maxLength: 2 }), { message: /at least 3 and at most 2/ })
  t.match(valueSchemaFault({ type: 'number', minimum: 0, maximum: -1 }), { message: /at least 0 and at most -1/ })
  t.equal(valueSchemaFault({ type: 'integer', minimum: 0, maximum: 0 }), null)
  t.match(valueSchemaFault({ type: 'integer', minimum: 1.5, maximum: 1.7 }), { message: /at least 2 and at most 1/ })
  t.match(valueSchemaFault({ type: 'string', enum: ['abcde', 'a'], minLength: 5 }), { pointer: '/enum/1' })
  t.match(valueSchemaFault({ type: 'string', enum: ['ab'], format: 'date' }), { pointer: '/enum/0' })
  const items = { type: 'string' as const, enum: ['a', 'bcd'], maxLength: 2 }
  t.match(valueSchemaFault({ type: 'array', items }), { pointer: '/items/enum/1' })
  t.equal(valueSchemaFault({ type: 'array', items: { ...items, maxLength: 3 } }), null)
})
