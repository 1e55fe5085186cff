import {
  agreementEventTypes,
  isOneOf,
  type AgreementEventType,
  type DuelineEvent,
  type TicketFactType,
  type TicketSnapshot
} from '@dueline/contracts'
import type { EventCause } from '../domain/events.ts'
import type { StoredFact } from '../domain/facts.ts'
import { factOf, receivedAgreementOf } from '../domain/reading.ts'
import { textOf, type TicketKey } from '../store/keys.ts'
import type { NewAgreementVersion } from '../store/timeline-store.ts'

/** What was received about one ticket: the reason to look at its clocks again. */
export interface TicketUpdate extends TicketKey {
  readonly facts: readonly StoredFact[]
  readonly agreementVersions: readonly NewAgreementVersion[]
  readonly snapshots: readonly TicketSnapshot[]
  readonly cause: EventCause
  /** All of it is imported past. */
  readonly historical: boolean
}

interface Gathering extends TicketKey {
  facts: StoredFact[]
  agreementVersions: NewAgreementVersion[]
  snapshots: TicketSnapshot[]
  cause: EventCause
  historical: boolean
}

/** An update without content: time has passed, a calendar came, or somebody asks for a fresh look. */
export function nothingNew ({ tenantId, ticketId }: TicketKey, cause: EventCause): TicketUpdate {
  return { tenantId, ticketId, facts: [], agreementVersions: [], snapshots: [], cause, historical: false }
}

/**
 * Gathers ticket and agreement events by ticket, so that each ticket's clocks are folded once; the last event counts as
 * the cause.
 */
export function updatesOf (events: readonly DuelineEvent<TicketFactType | AgreementEventType>[]): TicketUpdate[] {
  const byTicket = new Map<string, Gathering>()
  const about = (event: DuelineEvent, ticketId: string, kind: EventCause['kind']): Gathering => {
    const key = textOf({ tenantId: event.tenantid, ticketId })
    const cause = { kind, id: event.id }
    const known = byTicket.get(key)
    if (known === undefined) {
      const fresh: Gathering = {
        tenantId: event.tenantid,
        ticketId,
        facts: [],
        agreementVersions: [],
        snapshots: [],
        cause,
        historical: event.historical
      }
      byTicket.set(key, fresh)
      return fresh
    }
    known.cause = cause
    known.historical &&= event.historical
    return known
  }
  for (const event of events) {
    if (isOneOf(event, agreementEventTypes)) {
      const agreementVersion = receivedAgreementOf(event)
      about(event, agreementVersion.ticketId, 'agreement').agreementVersions.push({
        tenantId: event.tenantid,
        ...agreementVersion
      })
    } else {
      const { ticket } = event.data
      const update = about(event, ticket.id, 'fact')
      update.facts.push(factOf(event))
      update.snapshots.push(ticket)
    }
  }
  return [...byTicket.values()]
}
