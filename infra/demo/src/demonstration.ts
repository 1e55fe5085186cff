import { setTimeout as pause } from 'node:timers/promises'
import { parseDuration } from '@dueline/business-time'
import type { Client, DuelineEvent, EventOf, EventType, Ticket } from '@dueline/client'
import { orAborted } from '@dueline/runtime'
import { cast, type DemoAccess } from './cast.ts'
import { explanationOf, isAssigned } from './explanation.ts'
import { openEventStream, type EventStream } from './event-stream.ts'
import type { DemoSeed } from './seed.ts'
import { startWebhookListener, type WebhookListener } from './webhook-listener.ts'

export interface DemoOptions {
  access: DemoAccess
  seed: DemoSeed
  /** Subjects of the mails that were sent so far, with their readers; without it nobody looks at mails. */
  mails?: (() => Promise<DemoMail[]>) | undefined
  /** Where the demonstration can be reached by webhooks (see `startWebhookListener`); without it there are none. */
  webhookUrl?: string | undefined
  print: (line: string) => void
  /** Hears of the ticket once it is opened. */
  opened?: (ticket: { id: string, number: string }) => void
  /** Ends it without another word. What it has made for itself, it still removes. */
  signal?: AbortSignal | undefined
}

export interface DemoMail {
  to: string[]
  subject: string
}
interface Step<Type extends EventType> {
  what: string
  type: Type
  accepts?: (data: EventOf<Type>['data']) => boolean
}

const stepMsMax = 15_000

/**
 * Runs the demonstration in real time: opened → assigned by rule → warned → breached → level 1 → level 2 →
 * acknowledged → answered → resolved. Prints each event with its lateness.
 * @returns what was missing; empty when all came true, or `signal` ended it
 */
export async function runDemo (
  { access, seed, mails, webhookUrl, print, opened, signal }: DemoOptions
): Promise<string[]> {
  const begunMs = performance.now()
  const say = (line: string): void => {
    if (signal?.aborted !== true) print(`${((performance.now() - begunMs) / 1000).toFixed(3).padStart(7)} s  ${line}`)
  }
  const { integrator } = access.as
  const webhooks = webhookUrl === undefined ? undefined : await openWebhooks(integrator, webhookUrl)
  let ticketId = ''
  const stream = await openEventStream(integrator, (event) => {
    if (event.subject === `ticket/${ticketId}`) say(lineOf(event))
  })
  const missing: string[] = []
  const run = async (): Promise<void> => {
    signal?.throwIfAborted()
    const ticket = await openTicket(access, seed)
    ticketId = ticket.id
    opened?.(ticket)
    say(`POST /v1/tickets → ${ticket.number}`)
    await stream.waitFor('the assignment by rule', isAssigned(ticket), stepMsMax)
    say(`assigned: ${await explanationOf(access.as.manager, ticket.id)}`)
    const steps = await runSteps(stream, ticket, access)
    missing.push(...steps.missing)
    const { agentIsWarned } = steps
    missing.push(...await outcomes({ access, listener: webhooks?.listener, mails, ticket, agentIsWarned, say }))
  }
  try {
    // Whatever it waits for, a stop waits for no more than what is removed below.
    await orAborted(run(), signal)
  } catch (error) {
    missing.push((error as Error).message)
  } finally {
    stream.close()
    await webhooks?.close()
  }
  return signal?.aborted === true ? [] : missing
}

async function openTicket ({ as }: DemoAccess, { questionId }: DemoSeed): Promise<Ticket> {
  const { data } = await as.customer.post('/v1/tickets', {
    body: {
      subject: 'The printer is on fire',
      customerId: cast.customer.id,
      questionId,
      type: 'complaint',
      priority: 'P2'
    }
  })
  return data
}

/** An endpoint of the tenant that leads to a listener here. */
async function openWebhooks (
  client: Client,
  url: string
): Promise<{ listener: WebhookListener, close(): Promise<void> }> {
  const listener = await startWebhookListener(url)
  try {
    const { data: endpoint } = await client.post('/v1/webhook-endpoints', {
      body: { url: listener.url, description: 'demonstration' }
    })
    listener.trust(endpoint.secret)
    return {
      listener,
      close: async () => {
        const path = { endpointId: endpoint.id }
        await client.delete('/v1/webhook-endpoints/{endpointId}', { path }).catch(() => {})
        await listener.stop()
      }
    }
  } catch (error) {
    await listener.stop()
    throw error
  }
}

interface StepsResult {
  missing: string[]
  /**
   * Whether the warning is mailed to the agent: on a machine that is too slow for the demonstration's short deadlines
   * the ticket may be assigned after it, or the breach comes in the same instant and is said instead.
   */
  agentIsWarned: boolean
}

async function runSteps (stream: EventStream, ticket: Ticket, { as }: DemoAccess): Promise<StepsResult> {
  const missing: string[] = []
  const path = { ticketId: ticket.id }
  const firstResponse = ({ clock }: { clock: { metric: string } }): boolean => clock.metric === 'first_response'
  const expect = async <Type extends EventType>(
    { what, type, accepts = () => true }: Step<Type>
  ): Promise<EventOf<Type> | undefined> => {
    const ours = (event: DuelineEvent): boolean =>
      event.type === type && event.subject === `ticket/${ticket.id}` && accepts(event.data)
    return await stream.waitFor(what, ours, stepMsMax).then((event) => event as EventOf<Type>, (error: Error) => {
      if (stream.closed()) throw error
      missing.push(error.message)
      return undefined
    })
  }
  const expectLevel = (number: number): Promise<EventOf<'dueline.escalation.level-reached.v1'> | undefined> =>
    expect({
      what: `escalation level ${number}`,
      type: 'dueline.escalation.level-reached.v1',
      accepts: ({ level }) => level.number === number
    })
  await expect({ what: 'the first-response clock', type: 'dueline.clock.started.v1', accepts: firstResponse })
  const warned = await expect({ what: 'the warning', type: 'dueline.clock.warned.v1', accepts: firstResponse })
  await expect({ what: 'the breach', type: 'dueline.clock.breached.v1', accepts: firstResponse })
  await expectLevel(1)
  const reached = await expectLevel(2)
  if (reached !== undefined) {
    await as.manager.post('/v1/escalations/{escalationId}/acknowledge', {
      path: { escalationId: reached.data.escalation.id },
      body: { note: 'on it' }
    })
    await expect({ what: 'the acknowledgement', type: 'dueline.escalation.acknowledged.v1' })
  }
  await as.agent.post('/v1/tickets/{ticketId}/messages', {
    path,
    body: { kind: 'public', body: 'We are on our way with an extinguisher.' }
  })
  await expect({ what: 'the answer meeting its clock', type: 'dueline.clock.met.v1', accepts: firstResponse })
  await as.agent.post('/v1/tickets/{ticketId}/transitions', {
    path,
    body: { to: 'resolved', reason: 'The fire is out' }
  })
  await expect({ what: 'the resolution', type: 'dueline.clock.met.v1', accepts: (data) => !firstResponse(data) })
  const { mark, ticket: { assigneeId = null } = {} } = warned?.data ?? {}
  return { missing, agentIsWarned: mark?.recordedOnly === null && assigneeId === cast.agent.id }
}

interface Outcomes {
  access: DemoAccess
  listener: WebhookListener | undefined
  mails: DemoOptions['mails']
  ticket: Ticket
  agentIsWarned: boolean
  say: (line: string) => void
}

/** What must have reached people and programs by the end: mails, verified webhooks, the inbox. */
async function outcomes ({ access, listener, mails, ticket, agentIsWarned, say }: Outcomes): Promise<string[]> {
  const ofTicket = async (): Promise<DemoMail[]> =>
    (await mails?.() ?? []).filter((mail) => mail.subject.includes(ticket.number))
  // The last mail and delivery may still be on their way when the last event is seen.
  const complete = async (): Promise<boolean> =>
    (listener === undefined || listener.verified.filter((type) => type === 'dueline.clock.met.v1').length >= 2) &&
    (mails === undefined || missingMails(await ofTicket(), agentIsWarned).length === 0)
  for (let tries = 0; tries < 50 && !await complete(); tries++) await pause(100)
  const caught = await ofTicket()
  for (const { to, subject } of caught) say(`mail to ${to.join(', ')}: ${subject}`)
  const missing = mails === undefined ? [] : missingMails(caught, agentIsWarned)
  if (listener !== undefined) {
    say(`webhook: ${listener.verified.length} deliveries verified, ${listener.rejected} rejected`)
    if (!listener.verified.includes('dueline.clock.breached.v1') || listener.rejected > 0) {
      missing.push('the breach did not arrive as a verified webhook')
    }
  }
  const query = { ticketId: ticket.id, personId: cast.agent.id, channel: 'inbox' as const }
  const { items } = (await access.as.manager.get('/v1/messages', { query })).data
  say(`inbox of the agent: ${items.length} messages`)
  if (items.length === 0) missing.push("nothing in the agent's inbox")
  return missing
}

function missingMails (mails: readonly DemoMail[], agentIsWarned: boolean): string[] {
  const wanted: [string, string][] = [
    [cast.agent.email, 'Missed'],
    ...(agentIsWarned ? [[cast.agent.email, 'Warning'] satisfies [string, string]] : []),
    [cast.manager.email, 'تصعيد'],
    [cast.ceo.email, 'Escalated'],
    [cast.customer.email, 'Resolved']
  ]
  return wanted.filter(([reader, word]) =>
    !mails.some((mail) => mail.to.includes(reader) && mail.subject.includes(word))
  ).map(([reader, word]) => `no mail "${word}" to ${reader}`)
}

function lineOf (event: DuelineEvent): string {
  const name = event.type.replace(/^dueline\./, '').replace(/\.v\d+$/, '')
  const { clock, lateness, catchUp, escalation, level } = event.data as
    & Partial<EventOf<'dueline.clock.breached.v1'>['data']>
    & {
      escalation?: { level: number },
      level?: { number: number, name: string }
    }
  const parts = [
    clock === undefined ? '' : `${clock.metric} ${clock.state}`,
    level === undefined ? '' : `level ${level.number} "${level.name}"`,
    escalation === undefined || level !== undefined ? '' : `at level ${escalation.level}`,
    lateness === undefined
      ? ''
      : `${(parseDuration(lateness) / 1_000).toFixed(1)} ms after its time${catchUp === true ? ' (catch-up)' : ''}`
  ]
  return [name.padEnd(28), ...parts.filter((part) => part !== '')].join('  ')
}
