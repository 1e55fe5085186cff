import type { Client } from '@dueline/client'
import { clockFaults, ledgerFaults } from './faults/clock-faults.ts'
import { deliveryFaults } from './faults/delivery-faults.ts'
import { escalationFaults } from './faults/escalation-faults.ts'
import { markFaults } from './faults/mark-faults.ts'
import { audienceFaults, messageFaults } from './faults/message-faults.ts'
import { lookUpsIn } from './faults/record.ts'
import { feedFaults, ticketFaults } from './faults/ticket-faults.ts'
import { readTenant, type Mail, type TenantRecord } from './tenant-record.ts'

export interface CheckOptions {
  api: Client
  /** The mails that were caught; those to addresses that end in `mailDomain` belong to the tenant. */
  mails: () => Promise<Mail[]>
  mailDomain: string
}

/**
 * Everything about a tenant that must not be: what was lost, what happened twice, what is out of order. Meant for a
 * tenant at rest whose history began with the stack (no imports): sendings that are not done yet count as lost.
 * @returns one line per violation; empty when all is well
 */
export async function violationsOf ({ api, mails, mailDomain }: CheckOptions): Promise<string[]> {
  const record = await readTenant(api)
  return violationsIn(record, (await mails()).filter(({ to }) => to.some((address) => address.endsWith(mailDomain))))
}

/** The same of what was read already. */
export function violationsIn (tenant: TenantRecord, mails: Mail[]): string[] {
  const record = { ...tenant, ...lookUpsIn(tenant) }
  return [
    ...feedFaults(record),
    ...record.tickets.flatMap((ticket) => ticketFaults(ticket, record)),
    ...record.clocks.flatMap((clock) => clockFaults(clock, record)),
    ...record.clocks.flatMap((clock) => markFaults(clock, record)),
    ...record.clocks.flatMap((clock) => ledgerFaults(clock, record)),
    ...escalationFaults(record),
    ...messageFaults(record, mails),
    ...audienceFaults(record),
    ...deliveryFaults(record)
  ]
}
