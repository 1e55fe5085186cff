import { newestWins } from '@dueline/postgres'
import { ticket } from './tables.ts'

/** What an event of a clock says never overrides what the ticket's own said. */
export const saveTickets = newestWins(ticket, ['version', 'asOf'])
