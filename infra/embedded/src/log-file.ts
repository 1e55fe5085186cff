import { openSync, renameSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger, type Logger, type LogLevel } from '@dueline/runtime'
import { logFile, makeFolder } from './folder.ts'

/** A log that has grown beyond this is put aside at the next start. */
const sizeBytesMax = 10 * 1024 * 1024

/**
 * Opens the log of the stack of `folder`: people read what the program prints, and machines this. Writes behind what is
 * in it. Readable to whoever runs the stack only.
 */
export async function openLog (folder: string, level: LogLevel): Promise<Logger> {
  await makeFolder(folder)
  const file = join(folder, logFile)
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > sizeBytesMax) renameSync(file, `${file}.old`)
  const descriptor = openSync(file, 'a', 0o600)
  return createLogger({
    service: 'embedded',
    level,
    destination: {
      write (line) {
        try {
          writeSync(descriptor, line)
        } catch {
          // a full disk is no reason to end
        }
      }
    }
  })
}
