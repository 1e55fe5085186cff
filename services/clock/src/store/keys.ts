/** Names one ticket of one tenant. */
export interface TicketKey {
  readonly tenantId: string
  readonly ticketId: string
}

/** A text that is different for every ticket, to group by. */
export function textOf ({ tenantId, ticketId }: TicketKey): string {
  return `${tenantId} ${ticketId}`
}

/** Parameters `$1::text[], $2::uuid[]` that name tickets. */
export function keyParams (keys: readonly TicketKey[]): [string[], string[]] {
  return [keys.map(({ tenantId }) => tenantId), keys.map(({ ticketId }) => ticketId)]
}

/** Puts rows together by ticket. */
export function byTicket<Row extends TicketKey> (rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = textOf(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}
