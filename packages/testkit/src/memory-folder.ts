import { createHash } from 'node:crypto'
import { lstatSync, type Stats } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'

/** Where Linux keeps files in memory. A container may have 64 MB of it, and other systems have none. */
const sharedMemory = '/dev/shm'
/** Tests fill some hundred megabytes; beside them run a broker, browsers and whole stacks. */
const roomBytesMin = 2 * 1024 ** 3

/**
 * A folder in memory that stands for `folder`, always the same one. Making and dropping a database there takes a third
 * of the processor time that it takes on a disk, and less than that where its file system looks for places of files
 * that were removed lately.
 * @returns undefined where there is none, too little room, or something of others at its place
 */
export async function memoryFolderOf (
  folder: string,
  { within = sharedMemory, roomBytes = roomBytesMin } = {}
): Promise<string | undefined> {
  const user = process.getuid?.()
  const own = join(within, `dueline-${createHash('sha256').update(`${user} ${folder}`).digest('hex').slice(0, 16)}`)
  const there = statsOf(own)
  if (there !== undefined) return there.isDirectory() && there.uid === user ? own : undefined
  const room = await statfs(within).catch(() => undefined)
  if (room === undefined || room.bavail * room.bsize < roomBytes || process.availableMemory() < roomBytes) return
  return own
}

/** Whether `folder` is there, and whose it is; links are not followed. */
function statsOf (folder: string): Stats | undefined {
  return lstatSync(folder, { throwIfNoEntry: false })
}
