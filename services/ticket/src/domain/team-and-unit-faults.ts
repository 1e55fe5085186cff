import type { Fault } from './catalogue.ts'

type Copies = ReadonlyMap<string, { readonly active: boolean, readonly deleted: boolean }>

/** What is wrong with naming this team, if anything; only what is named anew is checked. */
export function teamFaults (teamId: string | null | undefined, teams: Copies, pointer = '/teamId'): Fault[] {
  return typeof teamId === 'string' ? faultsOf('team', teams.get(teamId), pointer) : []
}

/** What is wrong with naming this unit, if anything. */
export function unitFaults (unitId: string, units: Copies, pointer: string): Fault[] {
  return faultsOf('unit', units.get(unitId), pointer)
}

function faultsOf (
  kind: 'team' | 'unit',
  copy: { readonly active: boolean, readonly deleted: boolean } | undefined,
  pointer: string
): Fault[] {
  if (copy === undefined || copy.deleted) {
    return [{ pointer, message: `no such ${kind}: name one of GET /v1/${kind}s by its id` }]
  }
  return copy.active ? [] : [{ pointer, message: `the ${kind} is not active` }]
}
