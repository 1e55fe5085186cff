import type { Fault } from './catalogue.ts'

/** What is wrong with naming this team, if anything; only what is named anew is checked. */
export function teamFaults (
  teamId: string | null | undefined,
  teams: ReadonlyMap<string, { active: boolean, deleted: boolean }>,
  pointer = '/teamId'
): Fault[] {
  if (typeof teamId !== 'string') return []
  const team = teams.get(teamId)
  if (team === undefined || team.deleted) {
    return [{ pointer, message: 'no such team: name one of GET /v1/teams by its id' }]
  }
  return team.active ? [] : [{ pointer, message: 'the team is not active' }]
}
