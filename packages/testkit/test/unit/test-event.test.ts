import t from 'tap'
import { testEvent, testPerson } from '../../src/index.ts'

const id = '01900000-0000-7000-8000-000000000001'
const person = testPerson({ id, name: 'N', version: 3 })

t.test('an event of a test is whole, about what its data are about, and its own', (t) => {
  const data = { person: { ...person } }
  const event = testEvent('dueline.person.changed.v1', data, { tenantid: 'globex', at: 1_767_254_400_000_001 })
  t.match(event, {
    source: '/dueline/directory',
    subject: `person/${id}`,
    partitionkey: id,
    sequence: 3,
    tenantid: 'globex',
    time: '2026-01-01T08:00:00.000001Z',
    data
  })
  t.throws(() => Object.assign(event, { sequence: 4 }), TypeError)
  t.throws(() => Object.assign(event.data.person, { name: 'M' }), TypeError, 'at any depth')
  Object.assign(data.person, { name: 'M' })
  t.equal(event.data.person.name, 'N', 'what it was made of may change')
  t.end()
})

t.test('what does not fit the schema of its type is no event', (t) => {
  const wrong = { person: { ...person, role: 'nobody' } }
  t.throws(() => testEvent('dueline.person.changed.v1', wrong as never), /person\/role/)
  // @ts-expect-error: the data are those of the type
  t.throws(() => testEvent('dueline.ticket.created.v1', { person }), /ticket/)
  t.end()
})
