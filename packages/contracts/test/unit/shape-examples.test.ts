import t from 'tap'
import { addExamples, eventSchemaDocument, exampleId, NoExample, tagUnions } from '../../src/index.ts'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

t.test('examples hold every field, and the same id for the same thing', async (t) => {
  const id = { type: 'string', format: 'uuid' }
  const schemas: Record<string, Record<string, unknown>> = {
    Ticket: {
      type: 'object',
      properties: { id, subject: { type: 'string' }, parent: { anyOf: [ref('Ticket'), { type: 'null' }] } }
    },
    Clock: { type: 'object', properties: { ticketId: id, tags: { type: 'array', items: { type: 'string' } } } },
    Own: { type: 'string', examples: ['mine'] }
  }
  addExamples(schemas)
  const ticketId = exampleId('ticket')
  t.same(schemas['Ticket']!['examples'], [{ id: ticketId, subject: 'The printer is on fire', parent: null }])
  t.same(schemas['Clock']!['examples'], [{ ticketId, tags: ['fire'] }])
  t.same(schemas['Own']!['examples'], ['mine'])
  t.throws(() => addExamples({ Odd: { type: 'string', pattern: '^[0-9]{3}!$' } }), NoExample)
})

t.test('a choice of shapes that a field tells apart says so; another does not', async (t) => {
  const shape = (kind: string) => ({ type: 'object', properties: { kind: { const: kind } }, required: ['kind'] })
  const schemas: Record<string, Record<string, unknown>> = {
    A: shape('a'),
    B: shape('b'),
    Either: { anyOf: [ref('A'), ref('B')] },
    Same: { anyOf: [ref('A'), ref('A')] },
    Maybe: { anyOf: [ref('A'), { type: 'null' }] }
  }
  tagUnions(schemas, schemas)
  t.same(schemas['Either'], {
    oneOf: [ref('A'), ref('B')],
    discriminator: { propertyName: 'kind', mapping: { a: ref('A').$ref, b: ref('B').$ref } }
  })
  t.same(schemas['Same'], { anyOf: [ref('A'), ref('A')] })
  t.same(schemas['Maybe'], { anyOf: [ref('A'), { type: 'null' }] })
})

t.test('an event has an example, whose subject is what it is about', async (t) => {
  const { examples: [event] } = eventSchemaDocument('dueline.clock.breached.v1') as {
    examples: Array<{ subject: string, sequence: string, data: { ticket: { id: string } } }>
  }
  t.equal(event?.subject, `ticket/${event?.data.ticket.id}`)
  t.equal(event?.sequence, '0000000000000003')
})
