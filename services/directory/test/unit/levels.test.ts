import { defaultLevels } from '@dueline/contracts'
import t from 'tap'
import { cleanedLevels, levelFaults, presetNames, presets, type Level } from '../../src/domain/levels.ts'

const level = (key: string, role: Level['role'], name = key): Level => ({ key, name, role })
const faults = (...levels: Level[]): string[] =>
  levelFaults(levels).map(({ pointer, message }) => `${pointer} ${message}`)

t.test('presets are right themselves, and the default has the four of a support desk', (t) => {
  for (const name of presetNames) t.same(levelFaults(presets[name]), [], name)
  t.same(defaultLevels.map(({ role }) => role), ['customer', 'agent', 'manager', 'ceo'])
  t.same(presets.hospital.slice(2).map(({ name }) => name), [
    'Department manager',
    'Hospital admin',
    'PX admin',
    'CEO'
  ])
  t.end()
})

t.test('other ladders can be said; what clashes is refused where it stands', (t) => {
  const own = [level('agent', 'agent'), level('supervisor', 'manager'), level('manager', 'manager')]
  t.same(faults(...own, level('director', 'ceo')), [])
  t.same(faults(level('a', 'agent', 'Agent'), level('b', 'agent', 'AGENT'), level('a', 'agent', 'Other')), [
    '/levels/2/key is that of level 0 too',
    '/levels/1/name is that of level 0 too'
  ])
  t.same(faults(level('m', 'manager'), level('a', 'agent'), level('c', 'customer'), level('d', 'ceo')), [
    '/levels/1/role must not be below manager, the role of a level before it',
    '/levels/2/role must not be below manager, the role of a level before it'
  ])
  t.same(cleanedLevels([level('a', 'agent', ' Agent ')]), [level('a', 'agent', 'Agent')])
  t.end()
})
