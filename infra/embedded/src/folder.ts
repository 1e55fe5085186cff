import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where `npm start` keeps its data by default. */
export const defaultFolder = fileURLToPath(new URL('../../../.dueline/stack', import.meta.url))

/** The log of a stack, in its folder. */
export const logFile = 'dueline.log'

/**
 * Makes `folder` and those above it, for their owner only. One by one: Node's own way does not end where a system makes
 * no folders.
 */
export async function makeFolder (folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    const parent = dirname(folder)
    if (code !== 'ENOENT' || parent === folder || await stat(parent).then(() => true, () => false)) throw error
    await makeFolder(parent)
    await mkdir(folder, { mode: 0o700 })
  }
}
