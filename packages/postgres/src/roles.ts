import pg from 'pg'
import { migrationLock } from './migration-lock.ts'

/** The group of roles for which the policies of tenants do not hold: those of loops that work for many tenants. */
export const everyTenantRole = 'dueline_every_tenant'

/** The role as which a service answers requests: `role` may become it, and the policies of tenants hold for it. */
export function requestRoleOf (role: string): string {
  return `${role}_requests`
}

/** A role that may log in, and the schema whose rows it may read and write. */
export interface SchemaRole {
  schema: string
  role: string
  password: string
}

/** How long to wait for somebody else who does the same, or who migrates, in milliseconds. */
const lockTimeoutMs = 60_000

/**
 * Makes schemas, each with a role of its own that gets rows and nothing else: it can neither change its tables nor see
 * those of others. A second role beside each, which cannot log in, gets the same rows of one tenant at a time (see
 * `applyTenantPolicies`). Rights hold for the tables there are and for those that `owner` (by default the role of
 * `adminUrl`) makes later. An owner that is given becomes a role that may log in, and owns the schemas. Safe to repeat:
 * passwords are set again.
 */
export async function createSchemas (
  { adminUrl, owner, roles }: {
    adminUrl: string,
    owner?: { role: string, password: string },
    roles: readonly SchemaRole[]
  }
): Promise<void> {
  const client = new pg.Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: 10_000,
    lock_timeout: lockTimeoutMs
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query("select pg_advisory_lock(hashtextextended('dueline.roles', 0))")
    if (owner !== undefined) await createRole(client, owner)
    await createGroup(client, everyTenantRole)
    for (const each of roles) {
      await createRole(client, each)
      await createGroup(client, requestRoleOf(each.role))
      await addMember(client, everyTenantRole, each.role)
      await addMember(client, requestRoleOf(each.role), each.role)
      // A grant rewrites the row of a table, and fails when a migration has just done the same.
      await client.query(`select pg_advisory_lock(${migrationLock})`, [each.schema])
      await createSchema(client, each, owner?.role)
      await client.query(`select pg_advisory_unlock(${migrationLock})`, [each.schema])
    }
  } finally {
    await client.end().catch(() => {})
  }
}

async function createRole (client: pg.Client, { role, password }: { role: string, password: string }): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role])
  await client.query(
    `${rowCount === 0 ? 'create' : 'alter'} role ${client.escapeIdentifier(role)} login password ` +
      `${client.escapeLiteral(password)}`
  )
}

async function createGroup (client: pg.Client, role: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role])
  if (rowCount === 0) await client.query(`create role ${client.escapeIdentifier(role)} nologin`)
}

async function addMember (client: pg.Client, group: string, role: string): Promise<void> {
  const { rowCount } = await client.query(
    'select 1 from pg_auth_members where roleid = $1::regrole and member = $2::regrole',
    [client.escapeIdentifier(group), client.escapeIdentifier(role)]
  )
  if (rowCount === 0) {
    await client.query(`grant ${client.escapeIdentifier(group)} to ${client.escapeIdentifier(role)}`)
  }
}

async function createSchema (client: pg.Client, each: SchemaRole, ownerRole: string | undefined): Promise<void> {
  const schema = client.escapeIdentifier(each.schema)
  const roles = [each.role, requestRoleOf(each.role)].map((name) => client.escapeIdentifier(name)).join(', ')
  await client.query(`create schema if not exists ${schema}`)
  if (ownerRole !== undefined) {
    await client.query(`alter schema ${schema} owner to ${client.escapeIdentifier(ownerRole)}`)
  }
  await client.query(`grant usage on schema ${schema} to ${roles}`)
  const rights = [['select, insert, update, delete', 'tables'], ['usage, select', 'sequences'], [
    'execute',
    'functions'
  ]] as const
  const maker = ownerRole === undefined ? '' : `for role ${client.escapeIdentifier(ownerRole)} `
  for (const [right, objects] of rights) {
    await client.query(`grant ${right} on all ${objects} in schema ${schema} to ${roles}`)
    await client.query(
      `alter default privileges ${maker}in schema ${schema} grant ${right} on ${objects} to ${roles}`
    )
  }
}
