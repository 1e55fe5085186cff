/** The key of the advisory lock under which the tables of a schema are changed; `$1` is the schema. */
export const migrationLock = "hashtextextended('dueline.migrate.' || $1, 0)"
