import { eventTypes, type EventType } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { reads, type EventFilter, type EventScope, type Reader } from '../../src/domain/event-scope.ts'
import { StreamIndex } from '../../src/delivery/stream-index.ts'
import type { EventStream } from '../../src/delivery/event-stream.ts'

const runs = { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 1_000) }
const name = fc.constantFrom('a', 'b', 'c')
const held = fc.uniqueArray(fc.constantFrom('', 'a', 'b', 'c'), { maxLength: 2 })
const type = fc.constantFrom(...eventTypes)

const scope: fc.Arbitrary<EventScope> = fc.record({
  ticketId: fc.option(name),
  customerId: fc.option(name),
  personId: fc.option(name),
  assignees: held,
  teams: held
})
const reader: fc.Arbitrary<Reader> = fc.record({
  sees: fc.constantFrom('everything' as const, 'tickets' as const, 'own' as const, 'nothing' as const),
  personId: name
})
const filter: fc.Arbitrary<EventFilter> = fc.record({
  types: fc.option(fc.uniqueArray(type, { minLength: 1, maxLength: 20 }), { nil: undefined }),
  ticketIds: fc.option(fc.uniqueArray(name, { minLength: 1 }), { nil: undefined }),
  assignee: fc.option(fc.constantFrom('', 'a', 'b'), { nil: undefined }),
  team: fc.option(fc.constantFrom('', 'a', 'b'), { nil: undefined })
})

t.test('the index finds exactly the streams whose readers read an event, each once', (t) => {
  const streams = fc.array(fc.record({ reader, filter, gone: fc.boolean() }), { maxLength: 20 })
  fc.assert(
    fc.property(streams, type, scope, (all, of: EventType, about) => {
      const index = new StreamIndex()
      for (const each of all) index.add(each as unknown as EventStream)
      for (const each of all) if (each.gone) index.delete(each as unknown as EventStream)
      const wanted = all.filter((each) => !each.gone && reads(each.reader, each.filter, of, about))
      const found = new Set<unknown>(index.readersOf(of, about))
      t.equal(found.size, wanted.length)
      if (found.size !== wanted.length || !wanted.every((each) => found.has(each))) {
        throw new Error('it found others')
      }
    }),
    runs
  )
  t.end()
})
