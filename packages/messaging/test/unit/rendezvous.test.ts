import t from 'tap'
import { ownerOf } from '../../src/pg-log/rendezvous.ts'

const parts = Array.from({ length: 60 }, (_, i) => i)
const owners = (members: string[]): Array<string | undefined> =>
  parts.map((part) => ownerOf('g', 'topic', part, members))

t.test('nobody owns a partition without members', async (t) => {
  t.equal(ownerOf('g', 'topic', 0, []), undefined)
})

t.test('every member gets a share, whatever the order of the list', async (t) => {
  const found = owners(['a', 'b', 'c'])
  t.strictSame(found, owners(['c', 'a', 'b']))
  for (const member of ['a', 'b', 'c']) {
    t.ok(found.filter((owner) => owner === member).length >= 8, `${member} has a share`)
  }
})

t.test('a member that comes or goes moves nothing between the others', async (t) => {
  const two = owners(['a', 'b'])
  const three = owners(['a', 'b', 'c'])
  for (const part of parts) t.ok(three[part] === 'c' || three[part] === two[part])
})
