export { createDatabase } from './database.ts'
export type { Database, DatabaseOptions, Read } from './database.ts'
export {
  DatabaseUnavailable,
  isTransient,
  isUnavailable,
  isUniqueViolation,
  MigrationRefused,
  refusalOf
} from './errors.ts'
export { instant, instantParam, instantRange, micros, readInstant } from './instant.ts'
export { jsonArrayParam } from './json-array.ts'
export { migrate, readMigrations, schemaState } from './migrate.ts'
export type { Migration, MigrationReport, MigrationSource, SchemaState } from './migrate.ts'
export { namePart } from './name-part.ts'
export { newestWins, type SaveNewest } from './newest-wins.ts'
export { rowsOf } from './queries.ts'
export { rowParams, tableRows, type ColumnType, type RowParams, type TableRows } from './row-params.ts'
export { createSchemas, everyTenantRole, requestRoleOf, type SchemaRole } from './roles.ts'
export type { TenantDatabase, TenantDatabases, TenantTx } from './tenant-database.ts'
export { applyTenantPolicies } from './tenant-policies.ts'
export { afterCommit, type Tx } from './transaction.ts'
export { seenTransactions, writtenSince, type SeenTransactions } from './written-since.ts'
