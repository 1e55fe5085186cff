import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { systemIds, type Clock, type Ids } from '@dueline/runtime'
import { verified } from './content.ts'
import type { Grant, GrantSigner } from './files-signature.ts'
import { assertKey, assertPage, assertSeconds, ContentRefused, ObjectNotFound } from './store.ts'
import { ObjectStoreUnavailable } from './store.ts'
import type { Content, ObjectInfo, ObjectStore, SignedRequest } from './store.ts'

/** Options of `createFilesStore`. */
export interface FilesStoreOptions {
  /** Made when it is not there; only this program should write below it. */
  folder: string
  /** Where `objectRoutes` of this store answer, as callers see it: signed addresses are this with `?signature=`. */
  url: string
  signer: GrantSigner
  clock: Clock
  /** Names of what is unfinished. */
  ids?: Ids
}

/** What a crash left unfinished is removed after this long; no upload takes longer. */
const unfinishedMs = 24 * 3600_000
const unfinishedFolder = '.unfinished'
/** A folder may go away, as empty, between being made and being used. */
const triesMax = 5

/**
 * Objects as files below a folder. An object is written beside, brought to the disk and then renamed into its place, so
 * that whatever stops the machine leaves the old object, the new one or none.
 */
export function createFilesStore (options: FilesStoreOptions): ObjectStore {
  return { ...reading(options), ...writing(options), ...signing(options), close () {} }
}

function pathOf (folder: string, key: string): string {
  assertKey(key)
  return join(folder, key)
}

function nowMsOf (clock: Clock): number {
  return Math.floor(clock.now() / 1_000)
}

function reading ({ folder }: FilesStoreOptions): Pick<ObjectStore, 'get' | 'head' | 'list'> {
  async function head (key: string): ReturnType<ObjectStore['head']> {
    const info = await statOf(pathOf(folder, key))
    return info === undefined ? undefined : { key, sizeBytes: info.size, storedAtMs: info.mtimeMs }
  }
  return {
    head,
    async get (key, range) {
      const path = pathOf(folder, key)
      const info = await statOf(path)
      if (info === undefined) throw new ObjectNotFound(key)
      const { size: sizeBytes } = info
      if (range === undefined) return { sizeBytes, body: createReadStream(path) }
      if (range.offset >= sizeBytes) throw new RangeError(`the object has ${sizeBytes} bytes`)
      if (range.length === 0) return { sizeBytes, body: Readable.from([]) }
      return { sizeBytes, body: createReadStream(path, { start: range.offset, end: range.offset + range.length - 1 }) }
    },
    async list (prefix, { after = '', limit = 1_000 } = {}) {
      assertPage(prefix, limit)
      const objects: ObjectInfo[] = []
      for await (const key of keysBelow(folder, '', prefix, after)) {
        if (objects.length === limit) return { objects, next: objects.at(-1)?.key }
        const info = await head(key)
        if (info !== undefined) objects.push(info)
      }
      return { objects, next: undefined }
    }
  }
}

function writing (
  { folder, clock, ids = systemIds }: FilesStoreOptions
): Pick<ObjectStore, 'put' | 'delete' | 'move'> {
  const unfinished = join(folder, unfinishedFolder)
  let ready: Promise<void> | undefined

  /** Once, before the first write. */
  async function prepare (): Promise<void> {
    await mkdir(unfinished, { recursive: true, mode: 0o700 })
    for (const name of await readdir(unfinished)) {
      const path = join(unfinished, name)
      const info = await statOf(path)
      if (info !== undefined && nowMsOf(clock) - info.mtimeMs > unfinishedMs) await rm(path, { force: true })
    }
  }

  async function remove (path: string): Promise<void> {
    await syncFolder(dirname(path))
    await removeEmpty(folder, dirname(path))
  }

  return {
    async put (key, content) {
      const path = pathOf(folder, key)
      ready ??= prepare()
      await ready.catch((error: unknown) => {
        ready = undefined
        throw unavailable(error)
      })
      const temporary = join(unfinished, ids.next())
      await writeFile(temporary, content)
      await place(temporary, path).catch(async (error: unknown) => {
        await rm(temporary, { force: true })
        throw unavailable(error)
      })
    },
    async delete (key) {
      const path = pathOf(folder, key)
      await rm(path, { force: true }).then(async () => await remove(path)).catch(rethrow)
    },
    async move (from, to) {
      const [source, target] = [pathOf(folder, from), pathOf(folder, to)]
      if (await statOf(source) !== undefined) {
        await place(source, target).then(async () => await remove(source)).catch(rethrow)
      } else if (await statOf(target) === undefined) throw new ObjectNotFound(from)
    }
  }
}

/** Writes content to the disk, or nothing. @throws ContentRefused, what the source throws, ObjectStoreUnavailable */
async function writeFile (path: string, content: Content): Promise<void> {
  const source = content.open()
  let sourceFault: Error | undefined
  source.once('error', (error) => {
    sourceFault = error
  })
  try {
    await pipeline(source, verified(content), createWriteStream(path, { flush: true, mode: 0o600 }))
  } catch (error) {
    await rm(path, { force: true })
    if (error instanceof ContentRefused) throw error
    throw sourceFault ?? unavailable(error)
  }
}

function signing (
  { url, signer, clock }: FilesStoreOptions
): Pick<ObjectStore, 'presignUpload' | 'presignDownload'> {
  function signed (
    grant: Omit<Grant, 'expiresAtMs'>,
    seconds: number,
    headers: SignedRequest['headers']
  ): SignedRequest {
    assertKey(grant.key)
    assertSeconds(seconds)
    const expiresAtMs = nowMsOf(clock) + seconds * 1_000
    const signature = signer.sign({ ...grant, expiresAtMs })
    return { method: grant.method, url: `${url}?signature=${signature}`, headers, expiresAtMs }
  }
  return {
    presignUpload: async (key, { sizeBytes, sha256, contentType }, seconds) =>
      signed({ method: 'PUT', key, contentType, sizeBytes, sha256 }, seconds, { 'content-type': contentType }),
    presignDownload: async (key, { name: fileName, contentType }, seconds) =>
      signed({ method: 'GET', key, contentType, fileName }, seconds, {})
  }
}

async function statOf (path: string): Promise<{ size: number, mtimeMs: number } | undefined> {
  try {
    const info = await stat(path)
    return info.isFile() ? info : undefined
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
    throw unavailable(error)
  }
}

/** Renames a file that is on the disk into its place, and brings that to the disk. */
async function place (temporary: string, path: string): Promise<void> {
  for (let tries = 1;; tries++) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    try {
      await rename(temporary, path)
      break
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || tries === triesMax) throw error
    }
  }
  await syncFolder(dirname(path))
}

async function syncFolder (path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    await folder.sync().finally(async () => await folder.close())
  } catch (error) {
    // it went away as empty; and Windows cannot open folders
    if (!['ENOENT', 'EPERM', 'EISDIR'].includes(codeOf(error))) throw error
  }
}

/** Removes folders that hold nothing any more, upwards, but not `folder` itself. */
async function removeEmpty (folder: string, from: string): Promise<void> {
  for (let path = from; path !== folder && path.startsWith(folder); path = dirname(path)) {
    try {
      await rmdir(path)
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
}

/** Keys in the order of their bytes: a folder stands where its name with a `/` would. */
async function* keysBelow (folder: string, at: string, prefix: string, after: string): AsyncGenerator<string> {
  const entries = await readdir(join(folder, at), { withFileTypes: true }).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return []
    throw unavailable(error)
  })
  const names = entries.map((entry) => `${at}${entry.name}${entry.isDirectory() ? '/' : ''}`).sort(byBytes)
  for (const name of names) {
    if (name.startsWith(`${unfinishedFolder}/`)) continue
    if (name.endsWith('/')) {
      const mayHold = (name.startsWith(prefix) || prefix.startsWith(name)) &&
        (byBytes(name, after) > 0 || after.startsWith(name))
      if (mayHold) yield* keysBelow(folder, name, prefix, after)
    } else if (name.startsWith(prefix) && byBytes(name, after) > 0) yield name
  }
}

/** Keys are ASCII: their code units are their bytes. */
function byBytes (one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function codeOf (error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}

function unavailable (cause: unknown): ObjectStoreUnavailable {
  const code = codeOf(cause)
  return new ObjectStoreUnavailable(`the folder of objects cannot be used: ${code || (cause as Error).message}`, {
    cause,
    transient: !['EACCES', 'EPERM', 'EROFS'].includes(code)
  })
}

function rethrow (error: unknown): never {
  throw error instanceof ObjectStoreUnavailable ? error : unavailable(error)
}
