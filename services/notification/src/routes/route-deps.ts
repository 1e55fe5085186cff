import type { Outbox } from '@dueline/messaging'
import type { TenantDatabases } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import type { Timers } from '@dueline/timers'
import type { OutgoingHttp } from '../delivery/outgoing-http.ts'
import type { StreamHub } from '../delivery/stream-hub.ts'
import type { SecretBox } from '@dueline/runtime'

/** What the routes work with; made once in `app.ts`. */
export interface RouteDeps {
  database: TenantDatabases
  clock: Clock
  ids: Ids
  timers: Timers
  outbox: Outbox
  outgoing: OutgoingHttp
  secrets: SecretBox
  streams: StreamHub
}
