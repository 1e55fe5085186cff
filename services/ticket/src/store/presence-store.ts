import { newestWins } from '@dueline/postgres'
import { absence, availability, capacityRules } from './assignment-tables.ts'

/** Store copies of who is there, and who can carry how much: the newest of each. */
export const saveAvailabilities = newestWins(availability, ['version'])
export const saveAbsences = newestWins(absence, ['version'])
export const saveCapacityRules = newestWins(capacityRules, ['version'])
