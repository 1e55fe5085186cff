import type { MigrationSource } from '@dueline/postgres'

/** Tables outbox, relay_lease, inbox and dead_letter: for every service's schema. */
export const migrations: MigrationSource = {
  name: 'messaging',
  directory: new URL('../migrations/service/', import.meta.url)
}

/** The Postgres log, in schema `bus`. `ensureTopics` applies it too. */
export const busMigrations: MigrationSource = { name: 'bus', directory: new URL('../migrations/bus/', import.meta.url) }
