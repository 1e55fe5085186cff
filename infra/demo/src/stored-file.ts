import { randomBytes } from 'node:crypto'
import { link, readFile, unlink, writeFile } from 'node:fs/promises'

/**
 * What `file` holds; made on first use, for its owner alone to read. Of several processes that start at once one makes
 * it, the others take what it made, and nobody reads half of it.
 */
export async function storedFile (file: string, make: () => string | Promise<string>): Promise<string> {
  const stored = await readFile(file, 'utf8').catch((error: { code?: string }) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
  if (stored !== undefined) return stored
  const own = `${file}.${randomBytes(8).toString('hex')}`
  await writeFile(own, await make(), { mode: 0o600 })
  // A link is there whole or not at all, and never in place of another: a file that is created and then written is
  // empty for a moment.
  await link(own, file).catch((error: { code?: string }) => {
    if (error.code !== 'EEXIST') throw error
  })
  await unlink(own)
  return await readFile(file, 'utf8')
}
