export { ServerFault } from './fault.ts'
export { acquireServer, removeServer, type EmbeddedServer } from './server.ts'
export type { ServerWatcher } from './watch.ts'
