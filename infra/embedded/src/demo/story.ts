import { setTimeout as pause } from 'node:timers/promises'
import { parseDuration } from '@dueline/business-time'
import { isOfType, type ClockMarkReached, type DuelineEvent } from '@dueline/contracts'
import { cast, type DemoAccess } from './cast.ts'
import { openEventStream, type EventStream } from './event-stream.ts'
import type { DemoSeed } from './seed.ts'
import { startWebhookListener, type WebhookListener } from './webhook-listener.ts'

export interface DemoOptions {
  access: DemoAccess
  seed: DemoSeed
  /** Subjects of the mails that were sent so far, with their readers. */
  mails: () => Promise<{ to: string[], subject: string }[]>
  print: (line: string) => void
}

interface Ticket { id: string, number: string, version: number }
interface Step { what: string, type: string, accepts?: (event: DuelineEvent) => boolean }

const stepMsMax = 15_000

/**
 * Plays the main story in real time: opened → warned → breached → level 1 → level 2 → acknowledged → answered →
 * resolved. Prints each event with its lateness. @returns what was missing; empty when all came true
 */
export async function playDemo ({ access, seed, mails, print }: DemoOptions): Promise<string[]> {
  const { as } = access
  const begunMs = performance.now()
  const say = (line: string): void => print(`${((performance.now() - begunMs) / 1000).toFixed(3).padStart(7)} s  ${line}`)
  const listener = await startWebhookListener()
  const endpoint = await as.integrator.post<{ id: string, secret: string }>('/v1/webhook-endpoints', { url: listener.url, description: 'demonstration' })
  listener.trust(endpoint.secret)
  let ticketId = ''
  const stream = await openEventStream(as.integrator, (event) => { if (event.subject === `ticket/${ticketId}`) say(lineOf(event)) })
  const missing: string[] = []
  try {
    const ticket = await as.customer.post<Ticket>('/v1/tickets', { subject: 'The printer is on fire', questionId: seed.questionId, type: 'complaint', priority: 'P2' })
    ticketId = ticket.id
    say(`POST /v1/tickets → ${ticket.number}`)
    await as.manager.post(`/v1/tickets/${ticket.id}/assignments`, { assigneeId: cast.agent.id, reason: 'demonstration' })
    missing.push(...await playSteps(stream, ticket, access))
    missing.push(...await outcomes({ access, listener, mails, ticket, say }))
  } catch (error) {
    missing.push((error as Error).message)
  } finally {
    stream.close()
    await as.integrator.delete(`/v1/webhook-endpoints/${endpoint.id}`).catch(() => {})
    await listener.stop()
  }
  return missing
}

async function playSteps (stream: EventStream, ticket: Ticket, { as }: DemoAccess): Promise<string[]> {
  const missing: string[] = []
  const firstResponse = (event: DuelineEvent): boolean => (event.data as { clock?: { metric: string } }).clock?.metric === 'first_response'
  const level = (number: number) => (event: DuelineEvent): boolean => isOfType(event, 'dueline.escalation.level-reached.v1') && event.data.level.number === number
  const expect = async ({ what, type, accepts = () => true }: Step): Promise<DuelineEvent | undefined> => {
    const ours = (event: DuelineEvent): boolean => event.type === type && event.subject === `ticket/${ticket.id}` && accepts(event)
    return await stream.waitFor(what, ours, stepMsMax).catch((error: Error) => { missing.push(error.message); return undefined })
  }
  await expect({ what: 'the first-response clock', type: 'dueline.clock.started.v1', accepts: firstResponse })
  await expect({ what: 'the warning', type: 'dueline.clock.warned.v1', accepts: firstResponse })
  await expect({ what: 'the breach', type: 'dueline.clock.breached.v1', accepts: firstResponse })
  await expect({ what: 'escalation level 1', type: 'dueline.escalation.level-reached.v1', accepts: level(1) })
  const reached = await expect({ what: 'escalation level 2', type: 'dueline.escalation.level-reached.v1', accepts: level(2) })
  if (reached !== undefined && isOfType(reached, 'dueline.escalation.level-reached.v1')) {
    await as.manager.post(`/v1/escalations/${reached.data.escalation.id}/acknowledge`, { note: 'on it' })
    await expect({ what: 'the acknowledgement', type: 'dueline.escalation.acknowledged.v1' })
  }
  await as.agent.post(`/v1/tickets/${ticket.id}/messages`, { kind: 'public', body: 'We are on our way with an extinguisher.' })
  await expect({ what: 'the answer meeting its clock', type: 'dueline.clock.met.v1', accepts: firstResponse })
  await as.agent.post(`/v1/tickets/${ticket.id}/transitions`, { to: 'resolved', reason: 'The fire is out' })
  await expect({ what: 'the resolution', type: 'dueline.clock.met.v1', accepts: (event) => !firstResponse(event) })
  return missing
}

/** What must have reached people and programs by the end: mails, verified webhooks, the inbox. */
async function outcomes ({ access, listener, mails, ticket, say }: { access: DemoAccess, listener: WebhookListener, mails: DemoOptions['mails'], ticket: Ticket, say: (line: string) => void }): Promise<string[]> {
  const missing: string[] = []
  const ofTicket = async (): Promise<{ to: string[], subject: string }[]> => (await mails()).filter((mail) => mail.subject.includes(ticket.number))
  // The last mail and delivery may still be on their way when the last event is seen.
  const complete = async (): Promise<boolean> => listener.verified.filter((type) => type === 'dueline.clock.met.v1').length >= 2 && (await ofTicket()).length >= 8
  for (let tries = 0; tries < 50 && !await complete(); tries++) await pause(100)
  for (const { to, subject } of await ofTicket()) say(`mail to ${to.join(', ')}: ${subject}`)
  const wanted: [string, string][] = [[cast.agent.email, 'Missed'], [cast.agent.email, 'Warning'], [cast.manager.email, 'تصعيد'], [cast.ceo.email, 'Escalated'], [cast.customer.email, 'Resolved']]
  for (const [reader, word] of wanted) {
    if (!(await ofTicket()).some((mail) => mail.to.includes(reader) && mail.subject.includes(word))) missing.push(`no mail "${word}" to ${reader}`)
  }
  say(`webhook: ${listener.verified.length} deliveries verified, ${listener.rejected} rejected`)
  if (!listener.verified.includes('dueline.clock.breached.v1') || listener.rejected > 0) missing.push('the breach did not arrive as a verified webhook')
  const { unreadCount } = await access.as.agent.get<{ unreadCount: number }>('/v1/inbox')
  say(`inbox of the agent: ${unreadCount} unread`)
  if (unreadCount === 0) missing.push("nothing in the agent's inbox")
  return missing
}

function lineOf (event: DuelineEvent): string {
  const name = event.type.replace(/^dueline\./, '').replace(/\.v\d+$/, '')
  const { clock, lateness, catchUp, escalation, level } = event.data as Partial<ClockMarkReached> & { escalation?: { level: number }, level?: { number: number, name: string } }
  const parts = [
    clock === undefined ? '' : `${clock.metric} ${clock.state}`,
    level === undefined ? '' : `level ${level.number} "${level.name}"`,
    escalation === undefined || level !== undefined ? '' : `at level ${escalation.level}`,
    lateness === undefined ? '' : `${(parseDuration(lateness) / 1_000).toFixed(1)} ms after its time${catchUp === true ? ' (catch-up)' : ''}`
  ]
  return [name.padEnd(28), ...parts.filter((part) => part !== '')].join('  ')
}
