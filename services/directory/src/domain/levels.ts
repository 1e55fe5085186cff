import { defaultLevels, type Role } from '@dueline/contracts'

/** A step of a tenant's hierarchy. */
export interface Level {
  /** What people are put at: it stays when the name changes. */
  readonly key: string
  /** As the tenant calls it. */
  readonly name: string
  /** What tokens say of who is at it. */
  readonly role: LevelRole
}

/** The roles that a level can stand for, each above the one before. */
export const levelRoles = ['customer', 'agent', 'manager', 'ceo'] as const satisfies readonly Role[]
export type LevelRole = typeof levelRoles[number]

export const levelsMax = 20
export const presetNames = ['support-desk', 'hospital'] as const
export type PresetName = typeof presetNames[number]

/** The built-in hierarchies, from the lowest level. */
export const presets: Readonly<Record<PresetName, readonly Level[]>> = {
  'support-desk': defaultLevels,
  hospital: [
    { key: 'patient', name: 'Patient', role: 'customer' },
    { key: 'staff', name: 'Staff', role: 'agent' },
    { key: 'department-manager', name: 'Department manager', role: 'manager' },
    { key: 'hospital-admin', name: 'Hospital admin', role: 'manager' },
    { key: 'px-admin', name: 'PX admin', role: 'manager' },
    { key: 'ceo', name: 'CEO', role: 'ceo' }
  ]
}

export interface LevelFault {
  readonly pointer: string
  readonly message: string
}

/** Names without blanks around them. */
export function cleanedLevels (levels: readonly Level[]): Level[] {
  return levels.map(({ key, name, role }) => ({ key, name: name.trim(), role }))
}

/** What is wrong with levels: keys or names that clash (capitals do not count), a level above one of a higher role. */
export function levelFaults (levels: readonly Level[]): LevelFault[] {
  const faults: LevelFault[] = []
  for (const field of ['key', 'name'] as const) {
    const first = new Map<string, number>()
    for (const [index, level] of levels.entries()) {
      const text = level[field].toLowerCase()
      const before = first.get(text)
      if (before === undefined) first.set(text, index)
      else faults.push({ pointer: `/levels/${index}/${field}`, message: `is that of level ${before} too` })
    }
  }
  let highest = 0
  for (const [index, { role }] of levels.entries()) {
    const rank = levelRoles.indexOf(role)
    if (rank < highest) {
      const message = `must not be below ${levelRoles[highest]}, the role of a level before it`
      faults.push({ pointer: `/levels/${index}/role`, message })
    }
    highest = Math.max(highest, rank)
  }
  return faults
}

/**
 * Why somebody of this role cannot be at the level with this key, or null. Roles that no level stands for (sales,
 * admin and the like) may be at any level of the staff.
 */
export function levelFault (levels: readonly Level[], key: string, role: Role): string | null {
  const level = levels.find((each) => each.key === key)
  if (level === undefined) return `must be the key of a level: ${levels.map((each) => each.key).join(', ')}`
  const fits = levelRoles.some((each) => each === role) ? level.role === role : level.role !== 'customer'
  return fits ? null : `is a level of the role ${level.role}, and the role of the person is ${role}`
}
