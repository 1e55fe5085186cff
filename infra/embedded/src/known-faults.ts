import { isProblem } from '@dueline/client'
import { ServerFault } from '@dueline/embedded-postgres'
import { isUnavailable, MigrationRefused, refusalOf } from '@dueline/postgres'
import { StartFault, wrongChoice } from './start-fault.ts'

/** The sentence for an error of the start; undefined for one that nobody expected. */
export function startFaultOf (error: unknown): StartFault | undefined {
  if (error instanceof StartFault) return error
  if (error instanceof ServerFault) {
    return error.kind === 'folder'
      ? wrongChoice(error.message, error)
      : new StartFault(error.message, { cause: error })
  }
  if (error instanceof MigrationRefused) {
    return wrongChoice(
      `these data are of another release (${error.message}): start that one, or choose another --folder or database`,
      error
    )
  }
  if (isUnavailable(error) || isProblem(error, 'unavailable')) {
    return new StartFault(`the database went away while it was needed (${innermost(error)}): start again`, {
      cause: error
    })
  }
  const { code, path, port, syscall } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') {
    return new StartFault(`the port ${port} was taken by another process in the meantime: start again`, {
      cause: error
    })
  }
  if (path === undefined) return undefined
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return wrongChoice(
      `${path} cannot be written (${code}): choose another --folder, or run this as the user that it belongs to`,
      error
    )
  }
  if (code === 'ENOENT' && syscall === 'mkdir') {
    return wrongChoice(`${path} cannot be made there: choose another --folder`, error)
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return wrongChoice(`${path} is no folder: choose another --folder`, error)
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StartFault(`there is no space left for ${path}: make some, or choose another --folder`, { cause: error })
  }
  return undefined
}

/** The same for an error of the database that `url` names. */
export function databaseFaultOf (error: unknown, url: string): StartFault {
  const place = new URL(url).host
  const refusal = refusalOf(error)
  if (refusal !== undefined) {
    return wrongChoice(`the database at ${place} refuses (${refusal}): correct --database-url`, error)
  }
  if (isUnavailable(error)) {
    return new StartFault(
      `no database answers at ${place} (${innermost(error)}): start it, or correct --database-url`,
      { cause: error }
    )
  }
  return startFaultOf(error) ??
    new StartFault(`the database at ${place} cannot be prepared: ${innermost(error)}`, { cause: error })
}

/** Several addresses of one name come as an AggregateError without a message. */
function innermost (error: unknown): string {
  const { cause, errors, message } = error as { cause?: unknown, errors?: unknown[], message?: string }
  if (cause !== undefined) return innermost(cause)
  return errors?.[0] === undefined ? String(message) : innermost(errors[0])
}
