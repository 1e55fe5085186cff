import t from 'tap'
import { NameConflict, nameShapes } from '../../src/index.ts'

const text = { type: 'string' }
const reminder = { type: 'object', title: 'Reminder', properties: { before: text } }
const list = { type: 'object', title: 'Plan', properties: { reminders: { type: 'array', items: reminder } } }

t.test('a shape stands once, under its title, and is referred to', async (t) => {
  const { document, schemas } = nameShapes({ get: { schema: list }, other: { schema: reminder } })
  t.same(document, {
    get: { schema: { $ref: '#/components/schemas/Plan' } },
    other: { schema: { $ref: '#/components/schemas/Reminder' } }
  })
  t.same(schemas, {
    Plan: {
      type: 'object',
      title: 'Plan',
      properties: { reminders: { type: 'array', items: { $ref: '#/components/schemas/Reminder' } } }
    },
    Reminder: reminder
  })
})

t.test('what is said at one place alone stays there', async (t) => {
  const level = { type: 'string', title: 'Level', enum: ['low'], description: 'How bad' }
  const { document, schemas } = nameShapes([level, level, { ...level, description: 'How bad it was', default: 'low' }])
  t.same(document[2], { $ref: '#/components/schemas/Level', description: 'How bad it was', default: 'low' })
  t.same(schemas['Level'], level)
})

t.test('what is sent in another form than it is answered has two names', async (t) => {
  const closed = { ...reminder, additionalProperties: false }
  const { document, schemas } = nameShapes({ requestBody: { schema: closed }, responses: { schema: reminder } })
  t.same(document, {
    requestBody: { schema: { $ref: '#/components/schemas/ReminderInput' } },
    responses: { schema: { $ref: '#/components/schemas/Reminder' } }
  })
  t.same(Object.keys(schemas), ['ReminderInput', 'Reminder'])
})

t.test('two shapes of one name are refused', async (t) => {
  t.throws(() => nameShapes([reminder, { ...reminder, properties: { after: text } }]), NameConflict)
})

t.test('titles in words, fields of the name and data stay as they are', async (t) => {
  const data = {
    type: 'object',
    properties: { title: text },
    default: { title: 'Reminder' },
    examples: [{ title: 'Reminder', type: 'object' }]
  }
  for (const schema of [data, { type: 'object', title: 'Some reminder' }, { title: 'Reminder' }]) {
    t.same(nameShapes({ schema }), { document: { schema }, schemas: {} })
  }
})
