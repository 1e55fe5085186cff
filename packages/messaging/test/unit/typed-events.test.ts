import type { EventTypeOn, NewEvent } from '@dueline/contracts'
import t from 'tap'
import { forAll, type Handlers } from '../../src/index.ts'
import { handlersByType } from '../../src/grouping.ts'
import { newEvent, otherType, type } from '../support/events.ts'

type Topics = EventTypeOn<'dueline.notification'>
const fail = 'dueline.message.failed.v1'
const tested = 'dueline.webhook-endpoint.tested.v1'
const inbox = ['dueline.inbox.message-added.v1', 'dueline.inbox.read.v1'] as const

t.test('a consumer says of every event type of its topics what becomes of it', async (t) => {
  const some: Handlers<Topics> = { ...forAll([type, fail, tested, ...inbox], 'ignored'), [otherType]: async () => {} }
  t.same([...handlersByType(some).keys()], [otherType])

  // @ts-expect-error `fail` is neither handled nor ignored
  const missing: Handlers<Topics> = { ...forAll([type, tested, ...inbox], 'ignored'), [otherType]: async () => {} }
  t.same([...handlersByType(missing).keys()], [otherType])

  // @ts-expect-error no event of the topic
  const foreign: Handlers<Topics> = { ...some, 'dueline.ticket.created.v1': 'ignored' }
  t.ok(foreign)
})

t.test('a handler knows the data of its events by their type', async (t) => {
  const read: string[] = []
  const handlers: Handlers<Topics> = {
    ...forAll(inbox, 'ignored'),
    [otherType]: 'ignored',
    [fail]: 'ignored',
    [tested]: 'ignored',
    [type]: async (_tx, [event]) => {
      read.push(event!.data.url)
      // @ts-expect-error data of another type
      read.push(event!.data.message)
    }
  }
  t.equal(handlersByType(handlers).size, 1)
  const ofOther: Handlers<Topics>[typeof otherType] = async (_tx, events) => {
    read.push(...events.map(({ data }) => data.message.subject))
  }
  // @ts-expect-error a handler of another type
  const wrong: Handlers<Topics> = { ...handlers, [type]: ofOther }
  t.equal(handlersByType(wrong).size, 1)
})

t.test('a new event has the data of its type', async (t) => {
  const right: NewEvent = { ...newEvent('a', 1), type, data: { endpointId: 'x', url: 'y', reason: 'z' } }
  // @ts-expect-error data of another type
  const wrong: NewEvent = { ...right, type: otherType, data: { endpointId: 'x', url: 'y', reason: 'z' } }
  t.ok(wrong)
})
