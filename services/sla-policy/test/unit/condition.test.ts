import { Ajv2020 } from 'ajv/dist/2020.js'
import { conditionFaults, conditionSchema, holds, type Condition } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { conditions, idOf, subjects } from './generators.ts'

const validate = new Ajv2020({ strict: false }).compile(conditionSchema)

t.test('algebra of all, any, not', async (t) => {
  fc.assert(
    fc.property(
      conditions,
      conditions,
      subjects,
      (a, b, subject) =>
        holds({ not: { all: [a, b] } }, subject) === holds({ any: [{ not: a }, { not: b }] }, subject) &&
        holds({ not: { not: a } }, subject) === holds(a, subject) &&
        holds({ all: [a, b] }, subject) === holds({ all: [b, a] }, subject) &&
        holds({ any: [a, a] }, subject) === holds(a, subject)
    )
  )
})

t.test('every generated condition is accepted by the check and by the published schema', async (t) => {
  fc.assert(fc.property(conditions, (condition) => conditionFaults(condition).length === 0 && validate(condition)))
})

t.test('the check and the published schema agree on arbitrary JSON', async (t) => {
  const keys = fc.constantFrom('all', 'any', 'not', 'field', 'op', 'value', 'values', 'other')
  const scalars = fc.constantFrom<unknown>(
    'eq',
    'in',
    'exists',
    'ticket.priority',
    'ticket.customerId',
    'P1',
    idOf(1),
    3,
    null,
    true
  )
  const json = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      scalars,
      fc.array(tie('node'), { maxLength: 2 }),
      fc.dictionary(keys, tie('node'), { maxKeys: 4 })
    )
  })).node
  fc.assert(fc.property(json, (value) => (conditionFaults(value).length === 0) === validate(value)), { numRuns: 1000 })
})

t.test('faults name the place', async (t) => {
  const faulty = {
    all: [
      { field: 'ticket.colour', op: 'eq', value: 'red' },
      { field: 'ticket.priority', op: 'eq', value: 'P9' },
      { field: 'ticket.customerId', op: 'in', values: ['x'] },
      { field: 'ticket.type', op: 'like' },
      { any: [] },
      { field: 'ticket.type', op: 'exists', value: 'request' },
      'no object',
      { field: 'ticket.type', op: 'in', values: 'request' },
      { some: [] },
      { not: { field: 'ticket.type', op: 'exists' }, 'a/b': 1 }
    ]
  }
  t.same(conditionFaults(faulty).map(({ pointer }) => pointer), [
    '/all/0/field',
    '/all/1/value',
    '/all/2/values/0',
    '/all/3/op',
    '/all/4/any',
    '/all/5/value',
    '/all/6',
    '/all/7/values',
    '/all/8',
    '/all/9/a~1b'
  ])
})

t.test('depth and size are bounded', async (t) => {
  let deep: Condition = { field: 'ticket.type', op: 'exists' }
  for (let level = 1; level < 8; level++) deep = { not: deep }
  t.same(conditionFaults(deep), [])
  t.match(conditionFaults({ not: deep }), [{ pointer: '/not'.repeat(8), message: /deeper than 8/ }])
  const wide = (count: number) => ({
    any: Array.from({ length: count }, () => ({ field: 'ticket.type', op: 'exists' }))
  })
  t.same(conditionFaults(wide(199)), [])
  t.match(conditionFaults(wide(200)), [{ pointer: '', message: /more than 200/ }])
  const values = (count: number) => ({ field: 'ticket.customerId', op: 'in', values: Array(count).fill(idOf(1)) })
  t.same(conditionFaults(values(100)), [])
  t.match(conditionFaults(values(101)), [{ pointer: '/values', message: /1 to 100 values/ }])
})

t.test('null fields: exists is false, comparisons are false', async (t) => {
  const subject = {
    type: 'request',
    priority: 'P1',
    severity: 'low',
    productId: null,
    moduleId: null,
    questionId: null,
    customerId: null,
    channel: 'api'
  } as const
  t.equal(holds({ field: 'ticket.productId', op: 'exists' }, subject), false)
  t.equal(holds({ field: 'ticket.productId', op: 'eq', value: idOf(1) }, subject), false)
  t.equal(holds({ field: 'ticket.productId', op: 'in', values: [idOf(1)] }, subject), false)
  t.equal(holds({ field: 'ticket.channel', op: 'in', values: ['api', 'email'] }, subject), true)
})
