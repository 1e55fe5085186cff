import type { Handler } from '@dueline/messaging'
import { afterCommit } from '@dueline/postgres'
import { onDirectoryChanged, type CopiedType } from '@dueline/service'
import type { Teams, Units } from '../upstreams/directory-things.ts'

/** Keeps the copies of teams, units and responsibilities, newest version each, and forgets what memory has of them. */
export function createOnDirectoryChanged (
  { teams, units }: { teams: Pick<Teams, 'forget'>, units: Pick<Units, 'forget'> }
): Handler<CopiedType> {
  return async (tx, events) => {
    await onDirectoryChanged(tx, events)
    afterCommit(tx, () => {
      for (const { tenantid, data } of events) {
        if ('team' in data) teams.forget(tenantid, data.team.id)
        if ('unit' in data) units.forget(tenantid, data.unit.id)
      }
    })
  }
}
