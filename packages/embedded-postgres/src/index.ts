export { acquireServer, type EmbeddedServer } from './server.ts'
