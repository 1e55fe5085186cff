import { csvLine, neutral, restored } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import type { Person } from '../../src/store/person-store.ts'
import { newPerson } from '../../src/domain/new-person.ts'
import { presets } from '../../src/domain/levels.ts'
import { recordsOf, UnreadableTable } from '../../src/people-csv/cells.ts'
import { columns, columnsOf } from '../../src/people-csv/columns.ts'
import { planOf, stateOf, type Known } from '../../src/people-csv/plan.ts'
import { readRow } from '../../src/people-csv/row.ts'

const signs = fc.constantFrom('=', '+', '-', '@', "'", '\t', '\r', '\n', '"', ',', ';', ' ', 'a', 'ا', '＝')
const cell = fc.oneof(fc.string(), fc.array(signs, { maxLength: 8 }).map((each) => each.join('')))

t.test('a cell that is written is read again as it was, and no spreadsheet computes it', async (t) => {
  fc.assert(fc.property(fc.array(cell, { minLength: 2, maxLength: 6 }), (cells) => {
    const heads = cells.map((_, i) => `c${i}`)
    const [, ...records] = recordsOf(`\ufeff${csvLine(heads)}${csvLine(cells)}`)
    // a row of blanks is none
    const expected = cells.every((each) => each.trim() === '') ? [] : [cells]
    return JSON.stringify(records.map((each) => each.cells)) === JSON.stringify(expected)
  }))
  t.pass('for whatever cells')
  fc.assert(fc.property(cell, (text) => restored(neutral(text)) === text && !/^[=+\-@\t\r]/.test(neutral(text))))
})

t.test('lines end in either way, cells are parted by what the first line says, quotes have to end', async (t) => {
  t.same(recordsOf('a,b\r\n1,2\n\n ,\n3,"x\ny"\r\n').map(({ line, cells }) => [line, ...cells]), [
    [1, 'a', 'b'],
    [2, '1', '2'],
    [6, '3', 'x\ny']
  ])
  t.same(recordsOf('a;b\n1,5;2').at(-1)?.cells, ['1,5', '2'])
  t.same(recordsOf('sep=|\na|b\n1|2').at(-1), { line: 3, cells: ['1', '2'] })
  t.throws(() => recordsOf('a,b\n1,"2'), UnreadableTable)
})

t.test('columns have their names, in whatever case, each once', async (t) => {
  t.same([...columnsOf(['ID', ' externalid', 'Name']).places], [['id', 0], ['externalId', 1], ['name', 2]])
  t.match(columnsOf(['id', 'nmae']).faults, [/^"nmae" is no column: there are id, externalId/])
  t.match(columnsOf(['id', 'Id']).faults, ['id comes twice'])
  t.match(columnsOf(['name']).faults, [/^id or externalId must be/])
})

const now = 1_000
const known: Known = {
  byId: new Map(),
  byExternalId: new Map(),
  managerOf: new Map(),
  levels: presets.hospital,
  units: new Set(),
  calendars: new Set(),
  companyOf: new Map(),
  idOfExternal: (externalId) => `00000000-0000-5000-8000-${Buffer.from(externalId).toString('hex').padStart(12, '0')}`,
  now
}

function plan (file: string, more: Partial<Known> = {}) {
  const [head, ...records] = recordsOf(file)
  const { places } = columnsOf(head!.cells)
  return planOf(records.map((record) => readRow(record, places)), { ...known, ...more })
}
const said = (file: string, more?: Partial<Known>) =>
  plan(file, more).map((
    each
  ) => [each.line, stateOf(each), ...each.faults.map(({ field, message }) => `${field} ${message}`)])

t.test('each row is refused by itself, by field and reason', async (t) => {
  const rows = [
    'role,name,externalId,email,languages,level,active,managerId',
    'agent,Anna,a,anna@example.org,ar en,staff,TRUE,',
    'agnet,Bob,b,,,,,',
    'agent,,c,no-mail,xx,department-manager,maybe,nobody',
    'agent,Ann,A2,,,,,a',
    'agent,Twin,a,,,,,',
    'agent,Nameless,,,,,,',
    'agent,Short,d'
  ]
  t.match(said(rows.join('\n')), [
    [2, 'created'],
    [3, 'refused', /^role must be one of customer, agent/],
    [
      4,
      'refused',
      /^email /,
      /^languages must be/,
      /^active must be true or false/,
      /^name is needed for a new person/,
      /^level /,
      'managerId no such person'
    ],
    [5, 'created'],
    [6, 'refused', 'externalId is that of line 2 too'],
    [7, 'refused', 'externalId must say who it is, or id must'],
    [8, 'refused', 'managerId the row has 3 cells, and there are 8 columns']
  ])
})

t.test('an external id is of one row of a file, whichever way its rows say who they are about', async (t) => {
  const head = 'id,externalId,role,name\n'
  const [a, b] = ['a1', 'a2'].map((last) => `01990000-0000-7000-8000-0000000000${last}`)
  const refused = [3, 'refused', 'externalId is that of line 2 too']
  t.same(said(`${head}${a},dd,agent,A\n,dd,agent,B\n,ee,agent,C`), [[2, 'created'], refused, [4, 'created']])
  t.same(said(`${head},dd,agent,A\n${a},dd,agent,B`), [[2, 'created'], refused])
  t.same(said(`${head}${a},dd,agent,A\n${b},dd,agent,B`), [[2, 'created'], refused])
})

t.test('managers may come later; what hangs on a refused row is refused, and so is a circle as a whole', async (t) => {
  const head = 'externalId,role,name,managerId\n'
  t.same(said(`${head}a,agent,A,b\nb,manager,B,`), [[2, 'created'], [3, 'created']])
  t.same(said(`${head}a,agent,A,b\nb,agnet,B,\nc,agent,C,a`), [
    [2, 'refused', 'managerId is in a row that is refused'],
    [
      3,
      'refused',
      'role must be one of customer, agent, manager, ceo, sales, admin, integrator, operator'
    ],
    [4, 'refused', 'managerId is in a row that is refused']
  ])
  const circle = 'managerId would close a cycle in the reporting line'
  t.same(said(`${head}a,agent,A,b\nb,agent,B,c\nc,agent,C,a\nd,agent,D,d\ne,agent,E,`), [
    [2, 'refused', circle],
    [3, 'refused', circle],
    [4, 'refused', circle],
    [5, 'refused', circle],
    [6, 'created']
  ])
  t.same(said(`${head}a,agent,A,k\nk,customer,K,`), [[2, 'refused', 'managerId is a customer'], [3, 'created']])
})

t.test('no file closes a circle, whatever its rows and whatever was there', async (t) => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const name = fc.constantFrom(...names)
  t.ok(names.length > 2, 'circles of several')
  const line = fc.record({ who: name, manager: fc.option(name), good: fc.boolean() })
  fc.assert(fc.property(fc.array(line), fc.array(fc.tuple(name, name)), (lines, before) => {
    const people = new Map<string, Person>(names.map((each) => [each, somebody(each)]))
    for (const [who, manager] of before) {
      // only what holds already: a lower name reports to a higher one
      if (who < manager) people.set(who, { ...people.get(who)!, managerId: known.idOfExternal(manager) })
    }
    const byId = new Map([...people.values()].map((each) => [each.id, each]))
    const managerOf = new Map([...byId].map(([id, { managerId }]) => [id, managerId]))
    const rows = lines.map(({ who, manager, good }) => `${who},${manager ?? ''},${good ? 'agent' : 'x'}`)
    const planned = plan(['externalId,managerId,role', ...rows].join('\n'), { byId, byExternalId: people, managerOf })
    const after = new Map(managerOf)
    for (const each of planned) if (stateOf(each) !== 'refused') after.set(each.next!.id, each.next!.managerId)
    return [...after.keys()].every((from) => {
      let at = after.get(from) ?? null
      for (let steps = 0; at !== null && steps <= names.length; steps++) {
        if (at === from) return false
        at = after.get(at) ?? null
      }
      return true
    })
  }))
})

function somebody (externalId: string): Person {
  const id = known.idOfExternal(externalId)
  return newPerson({ id, role: 'agent', name: externalId, screenName: externalId, externalId }, 0) as Person
}

t.test('who is there is changed by the columns that are there, and by nothing else', async (t) => {
  const anna: Person = { ...somebody('a'), email: 'anna@example.org', phone: '1' }
  const of = { byId: new Map([[anna.id, anna]]), byExternalId: new Map([['a', anna]]) }
  t.same(said('externalId,name\na,a', of), [[2, 'unchanged']])
  const [changed] = plan('externalId,email,name\na,,Anna', of)
  t.match(changed, { next: { email: null, phone: '1', name: 'Anna', role: 'agent' }, faults: [] })
  t.same(said(`id,externalId\n${anna.id},b`, of), [
    [2, 'refused', 'externalId must stay a: it is not changed by an import']
  ])
  t.same(said(`id,externalId,role,name\n${known.idOfExternal('z')},a,agent,Z`, of), [
    [2, 'refused', `externalId is that of person ${anna.id}`]
  ])
  t.same(columns.length, 14)
})
