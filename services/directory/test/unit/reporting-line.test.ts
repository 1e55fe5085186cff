import fc from 'fast-check'
import t from 'tap'
import { closesCycle } from '../../src/domain/cycle.ts'
import { presets } from '../../src/domain/levels.ts'
import { nextLevelUp, type Superior } from '../../src/domain/reporting-line.ts'

const someone = (personId: string, level: string | null, active = true): Superior => ({ personId, level, active })

t.test('the next level up, whatever it is called', (t) => {
  const levels = presets.hospital
  const line = [
    someone('colleague', 'department-manager'),
    someone('away', 'hospital-admin', false),
    someone('admin', 'px-admin'),
    someone('ceo', 'ceo')
  ]
  t.equal(nextLevelUp(line, 'department-manager', levels), 'admin', 'the same level is not above, nor who has left')
  t.equal(nextLevelUp(line, 'staff', levels), 'colleague')
  t.equal(nextLevelUp(line, 'ceo', levels), null)
  t.equal(nextLevelUp(line, null, levels), 'colleague', 'of nobody knows which level')
  t.equal(nextLevelUp([someone('x', 'gone')], 'staff', levels), 'x', 'at a level that is no more')
  t.equal(nextLevelUp([], 'staff', levels), null)
  t.end()
})

t.test('no order of changes that are each accepted ever closes a cycle', (t) => {
  const people = ['a', 'b', 'c', 'd', 'e', 'f']
  const change = fc.tuple(fc.constantFrom(...people), fc.option(fc.constantFrom(...people)))
  fc.assert(fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
    const managers = new Map<string, string | null>()
    for (const [person, manager] of changes) {
      const refused = closesCycle(person, manager, (id) => managers.get(id))
      if (!refused) managers.set(person, manager)
      else {
        // refused only where it would have
        managers.set(person, manager)
        if (!people.some((each) => returns(managers, each))) return false
        managers.set(person, null)
      }
      if (people.some((each) => returns(managers, each))) return false
    }
    return true
  }))
  t.ok(closesCycle('a', 'a', () => null), 'nobody reports to itself')
  t.notOk(closesCycle('x', 'a', (id) => id === 'a' ? 'b' : 'a'), 'a cycle that is there already ends the walk')
  t.end()
})

/** Whether a line comes back to where it began. */
function returns (managers: ReadonlyMap<string, string | null>, from: string): boolean {
  let at = managers.get(from) ?? null
  for (let steps = 0; at !== null && steps < 10; steps++) {
    if (at === from) return true
    at = managers.get(at) ?? null
  }
  return false
}
