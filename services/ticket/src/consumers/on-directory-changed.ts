import type { Handler } from '@dueline/messaging'
import { afterCommit } from '@dueline/postgres'
import { onDirectoryChanged, type CopiedType } from '@dueline/service'
import type { Teams } from '../upstreams/teams.ts'

/** Keeps the copies of teams, units and responsibilities, newest version each, and forgets what memory has of teams. */
export function createOnDirectoryChanged ({ forget }: Pick<Teams, 'forget'>): Handler<CopiedType> {
  return async (tx, events) => {
    await onDirectoryChanged(tx, events)
    afterCommit(tx, () => {
      for (const { tenantid, data } of events) if ('team' in data) forget(tenantid, data.team.id)
    })
  }
}
