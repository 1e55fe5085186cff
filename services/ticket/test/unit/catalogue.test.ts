import t from 'tap'
import { checkSubject, type CatalogueItem } from '../../src/domain/catalogue.ts'

const item = (
  kind: CatalogueItem['kind'],
  id: string,
  productId: string | null = null,
  moduleId: string | null = null,
  active = true
): [string, CatalogueItem] => [id, { kind, id, name: id, productId, moduleId, active }]
const items = new Map([
  item('product', 'p1'),
  item('product', 'p2'),
  item('product', 'old', null, null, false),
  item('module', 'm1', 'p1'),
  item('module', 'm2', 'p2'),
  item('question', 'q1', 'p1', 'm1'),
  item('question', 'q2', 'p1'),
  item('question', 'free')
])
const check = (
  fields: { productId?: string | null, moduleId?: string | null, questionId?: string | null },
  given = Object.keys(fields)
) => {
  const { subject, faults } = checkSubject(
    { productId: null, moduleId: null, questionId: null, ...fields },
    items,
    new Set(given)
  )
  return [subject.productId, subject.moduleId, subject.questionId, ...faults.map(({ pointer }) => pointer)]
}

void t.test('a ticket is about things that belong together', async (t) => {
  t.same(check({}), [null, null, null])
  t.same(check({ productId: 'p1', moduleId: 'm1', questionId: 'q1' }), ['p1', 'm1', 'q1'])
  t.same(check({ questionId: 'q1' }), ['p1', 'm1', 'q1'], 'what follows is filled in')
  t.same(check({ moduleId: 'm2' }), ['p2', 'm2', null])
  t.same(check({ questionId: 'free' }), [null, null, 'free'])
  t.same(check({ productId: 'p2', questionId: 'free' }), ['p2', null, 'free'], 'a question of no product fits any')
  t.same(
    check({ productId: 'p1', questionId: 'q2', moduleId: 'm1' }),
    ['p1', 'm1', 'q2'],
    'a question of no module fits any of its product'
  )
  t.same(check({ productId: 'p2', moduleId: 'm1' }).slice(3), ['/moduleId'])
  t.same(check({ productId: 'p2', questionId: 'q1' }).slice(3), ['/questionId'])
  t.same(check({ productId: 'p1', moduleId: 'm2', questionId: 'q1' }).slice(3), ['/moduleId', '/questionId'])
  t.same(check({ productId: null, moduleId: 'm1' }).slice(3), ['/moduleId'], 'an explicit null stays')
  t.same(check({ productId: 'm1', moduleId: 'p1', questionId: 'nope' }).slice(3), [
    '/productId',
    '/moduleId',
    '/questionId'
  ])
  t.same(check({ productId: 'old' }).slice(3), ['/productId'])
  t.same(check({ productId: 'old' }, []).slice(3), [], 'what was accepted before stays')
  t.same(check({ productId: 'gone', questionId: 'free' }, ['questionId']).slice(3), [])
})
