import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { memoryFolderOf } from '../../src/memory-folder.ts'

void t.test('a folder in memory', async (t) => {
  const within = mkdtempSync(join(tmpdir(), 'dueline-memory-'))
  t.teardown(() => {
    rmSync(within, { recursive: true })
  })
  const enough = { within, roomBytes: 1 }
  const own = await memoryFolderOf('/a/data', enough)

  await t.test('is the same each time, and another one for another folder', async (t) => {
    t.match(own, new RegExp(`^${within}/dueline-[0-9a-f]{16}$`))
    t.equal(await memoryFolderOf('/a/data', enough), own)
    t.not(await memoryFolderOf('/b/data', enough), own)
  })

  await t.test('is none where there is no memory for files, or too little', async (t) => {
    t.equal(await memoryFolderOf('/a/data', { ...enough, within: join(within, 'none') }), undefined)
    t.equal(await memoryFolderOf('/a/data', { within, roomBytes: Number.MAX_SAFE_INTEGER }), undefined)
  })

  await t.test('is none where something else has its name', async (t) => {
    const linked = String(await memoryFolderOf('/linked', enough))
    symlinkSync(within, linked)
    t.equal(await memoryFolderOf('/linked', enough), undefined)
    const file = String(await memoryFolderOf('/file', enough))
    writeFileSync(file, '')
    t.equal(await memoryFolderOf('/file', enough), undefined)
  })
})
