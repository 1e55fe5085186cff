import type pg from 'pg'
import { MigrationRefused } from './errors.ts'
import { everyTenantRole, requestRoleOf } from './roles.ts'

/**
 * Puts the wall between tenants around every table of a schema that has a column `tenant_id` and no wall yet: each
 * statement sees and writes only rows of the tenant that `app.tenant` names, and none when it names nobody. Roles in
 * `everyTenantRole` see all rows; so does whoever owns the table. Nothing is done to tables that have it.
 * @throws MigrationRefused when there is no such role
 */
export async function applyTenantPolicies (client: pg.ClientBase, schema: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
      where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and not c.relrowsecurity order by 1`,
    [client.escapeIdentifier(schema)]
  )
  if (rows.length > 0 && !await isRole(client, everyTenantRole)) {
    throw new MigrationRefused(`there is no role "${everyTenantRole}": make the roles of this release first`)
  }
  for (const { name } of rows) {
    // A setting that was local to a transaction is '' afterwards, and '' is the tenant of dead letters of no known one
    await client.query(`alter table ${name} enable row level security;
      create policy own_tenant on ${name} using (tenant_id = nullif(current_setting('app.tenant', true), ''));
      create policy every_tenant on ${name} to ${everyTenantRole} using (true)`)
  }
}

async function isRole (client: pg.ClientBase, name: string): Promise<boolean> {
  return (await client.query('select from pg_roles where rolname = $1', [name])).rowCount === 1
}

/**
 * Of the roles that the one of this session must be a member of, where a schema has walls between tenants, those that
 * it is not: it could not answer requests, or its loops would see nothing.
 */
export async function missingRoles (client: pg.ClientBase, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ self: string }>(
    `select session_user as self from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relrowsecurity limit 1`,
    [schema]
  )
  const { rows: missing } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) as name
      where not exists (select from pg_roles r where r.rolname = name and pg_has_role(session_user, r.oid, 'usage'))`,
    [rows.flatMap(({ self }) => [everyTenantRole, requestRoleOf(self)])]
  )
  return missing.map(({ name }) => name)
}
