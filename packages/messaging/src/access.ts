// Who may see and repeat what could not be handled: the only place in this package that names roles.
import type { Role } from '@dueline/contracts'

const operators: readonly Role[] = ['operator']

/** The roles that may call the operations on dead letters of every service. */
export const access = {
  listDeadLetters: operators,
  resendDeadLetter: operators
} as const satisfies Record<string, readonly Role[]>
