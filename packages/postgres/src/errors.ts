/** The database cannot be reached, is going away, or has no connection to spare: try again later (HTTP 503). */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'

  constructor (cause: unknown) {
    super('the database is unavailable', { cause })
  }
}

/**
 * A migration that must not run: edited after it was applied, wrongly named, without header, out of order, or
 * before the roles that it needs.
 */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
}

const lostSocket = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN'
])
// 57P01 admin_shutdown, 57P02 crash_shutdown, 57P03 cannot_connect_now, 53300 too_many_connections; class 08 is matched
// by prefix
// 25006 read_only_sql_transaction: what was the primary is a standby since a failover
const lostServer = new Set(['57P01', '57P02', '57P03', '53300', '25006'])
// node-postgres gives these without a code
const lostMessage =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/
// 40001 serialization_failure, 40P01 deadlock_detected
const lostRace = new Set(['40001', '40P01'])

function* causes (
  error: unknown
): Generator<{ code?: unknown, message?: unknown, constraint?: unknown, name?: unknown, syscall?: unknown }> {
  let next = error
  for (let depth = 0; depth < 8 && typeof next === 'object' && next !== null; depth++) {
    yield next as { code?: unknown, message?: unknown }
    next = (next as { cause?: unknown }).cause
  }
}

/**
 * Whether the database could not be reached, dropped the connection or only reads, also when drizzle wrapped the error.
 */
export function isUnavailable (error: unknown): boolean {
  for (const { code, message, name, syscall } of causes(error)) {
    if (name === 'DatabaseUnavailable') return true
    // the Unix socket of a server that is not running does not exist; a missing file of our own is another matter
    if (code === 'ENOENT' && syscall === 'connect') return true
    if (typeof code === 'string' && (lostSocket.has(code) || lostServer.has(code) || /^08...$/.test(code))) return true
    if (typeof message === 'string' && lostMessage.test(message)) return true
  }
  return false
}

// 28P01 invalid_password, 28000 invalid_authorization (no such role, or no entry in pg_hba.conf), 3D000 no such
// database, 42501 insufficient_privilege
const refusals = new Set(['28P01', '28000', '3D000', '42501'])

/**
 * What the server says when it refuses the role itself (password, database, rights): waiting does not help. Undefined
 * for other errors.
 */
export function refusalOf (error: unknown): string | undefined {
  for (const { code, message } of causes(error)) {
    if (typeof code === 'string' && refusals.has(code)) return String(message)
  }
  return undefined
}

/**
 * Whether the same transaction may succeed when it is simply run again: connection lost or refused, server going
 * away or no longer the primary, too many connections, serialization failure, deadlock. Looks through wrapped errors.
 */
export function isTransient (error: unknown): boolean {
  if (isUnavailable(error)) return true
  for (const { code } of causes(error)) {
    if (typeof code === 'string' && lostRace.has(code)) return true
  }
  return false
}

/** Whether the error is a unique violation (23505), of the named constraint or unique index when one is given. */
export function isUniqueViolation (error: unknown, constraint?: string): boolean {
  for (const cause of causes(error)) {
    if (cause.code === '23505') return constraint === undefined || cause.constraint === constraint
  }
  return false
}
