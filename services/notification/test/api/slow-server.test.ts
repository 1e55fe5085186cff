// A mail server that does not answer: each attempt ends before its lease does, or the message would be sent again
// beside it, for ever.
import { createOutbox } from '@dueline/messaging'
import { systemIds, systemRandom } from '@dueline/runtime'
import { smtpSink } from '@dueline/testkit'
import t from 'tap'
import { createMailChannel } from '../../src/delivery/mail-channel.ts'
import type { MessageRow } from '../../src/store/tables.ts'
import { tenant, ticketId, who } from '../events.ts'

const message: MessageRow = {
  tenantId: tenant,
  id: ticketId,
  eventId: ticketId,
  eventType: 'dueline.ticket.assigned.v1',
  ticketId,
  clockId: null,
  escalationId: null,
  mark: null,
  urgent: false,
  breachOf: [],
  personId: who.agent,
  channel: 'email',
  traceparent: null,
  recipient: 'a@acme.example',
  language: 'en',
  subject: 'Printer',
  body: 'It burns',
  state: 'pending',
  attempts: 1,
  lastError: null,
  createdAt: 0,
  sentAt: null,
  readAt: null
}

for (const query of ['', '?pool=false']) {
  t.test(`with connections ${query === '' ? 'that are kept' : 'of one mail each'}`, async (t) => {
    const smtp = await smtpSink(t)
    const channel = createMailChannel({
      smtpUrl: smtp.url + query,
      connections: 4,
      from: 'x@acme.example',
      outbox: createOutbox(),
      timers: { set: async () => {}, clear: async () => {} },
      ids: systemIds,
      random: systemRandom,
      sendTimeoutMs: 1_000
    })
    t.teardown(() => channel.close())
    t.same(await channel.send(message), { sent: true })
    const { release } = smtp.hold()
    t.match(await channel.send(message), { sent: false, permanent: false, reason: /did not answer/ })
    release()
    t.same(await channel.send(message), { sent: true }, 'the next attempt has a connection of its own')
  })
}
