import type { Role } from '@dueline/contracts'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, eq, or, sql } from 'drizzle-orm'
import { person, responsibility, team } from './tables.ts'

/** Most responsibilities of a product or module that are read to answer who is responsible. */
export const responsibleMax = 200

/** A responsibility with what is known of who has it; of a person whose copy has not arrived, nothing. */
export interface ResponsibleRow {
  readonly moduleId: string | null
  readonly active: boolean
  readonly person: { personId: string, screenName: string | null, role: Role | null } | null
  readonly team: { teamId: string, name: string, leadId: string | null } | null
}

/** Who was made responsible for a module or its product, the oldest first, at most `responsibleMax`. */
export async function readResponsible (
  read: Read,
  tenantId: string,
  { productId, moduleId }: { productId: string | undefined, moduleId: string | undefined }
): Promise<ResponsibleRow[]> {
  const rows = await read.select({
    row: responsibility,
    screenName: person.screenName,
    role: person.role,
    personActive: person.active,
    teamName: team.name,
    leadId: team.leadId,
    teamActive: team.active
  }).from(responsibility)
    .leftJoin(person, and(eq(person.tenantId, tenantId), eq(person.id, responsibility.personId)))
    .leftJoin(team, and(eq(team.tenantId, tenantId), eq(team.id, responsibility.teamId)))
    .where(and(
      eq(responsibility.tenantId, tenantId),
      or(
        moduleId === undefined ? undefined : eq(responsibility.moduleId, moduleId),
        productId === undefined ? undefined : eq(responsibility.productId, productId)
      )
    ))
    // those of the module first
    .orderBy(sql`${responsibility.moduleId} is null`, asc(responsibility.id)).limit(responsibleMax)
  return rows.map(({ row: { moduleId, personId, teamId }, screenName, role, ...known }) => ({
    moduleId,
    active: personId === null ? known.teamActive === true : (known.personActive ?? true) && role !== 'customer',
    person: personId === null ? null : { personId, screenName, role },
    team: teamId === null || known.teamName === null ? null : { teamId, name: known.teamName, leadId: known.leadId }
  }))
}

/** Whether the team can be made responsible; it stays as it is until the transaction ends. */
export async function teamFault (tx: TenantTx, teamId: string): Promise<string | null> {
  const [found] = await tx.select({ active: team.active }).from(team)
    .where(and(eq(team.tenantId, tx.tenantId), eq(team.id, teamId))).for('share')
  if (found === undefined) return 'no such team'
  return found.active ? null : 'is not active'
}

/** Whether the team, which is locked, is responsible for anything. */
export async function isResponsible (tx: TenantTx, teamId: string): Promise<boolean> {
  const rows = await tx.select({ id: responsibility.id }).from(responsibility)
    .where(and(eq(responsibility.tenantId, tx.tenantId), eq(responsibility.teamId, teamId))).limit(1)
  return rows.length > 0
}
