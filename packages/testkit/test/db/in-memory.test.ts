import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t from 'tap'
import { memoryFolderOf } from '../../src/memory-folder.ts'
import { embeddedServer } from '../../src/test-postgres.ts'

void t.test('a server in memory', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dueline-test-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true })
  })
  const memory = await memoryFolderOf(folder)
  if (memory === undefined) {
    t.pass('needs files in memory', { skip: 'this machine has none, or too little room there' })
    return
  }
  const first = await embeddedServer(folder, {}, { inMemory: true })
  await query(first.url, 'create database kept')
  await first.stop({ retainData: true })
  t.ok(existsSync(memory), 'what is kept stays')
  t.notOk(existsSync(join(folder, 'data')))

  const next = await embeddedServer(folder, {}, { inMemory: true })
  const retained = "select datname from pg_database where datname = 'kept'"
  t.same(await query(next.url, retained), [{ datname: 'kept' }])
  const other = await joining(folder)
  t.equal(other.url, next.url, 'whoever comes while it is there uses it')
  await next.stop()
  t.same(await query(other.url, retained), [{ datname: 'kept' }], 'it is not taken from who uses it')
  await other.leave()

  await (await embeddedServer(folder, {}, { inMemory: true })).stop()
  t.notOk(existsSync(memory), 'then it is gone')
})

/** Another process that uses the same server. */
async function joining (folder: string): Promise<{ url: string, leave(): Promise<void> }> {
  const program = fileURLToPath(new URL('../fixtures/joins-server.ts', import.meta.url))
  const env = { ...process.env, TAP: undefined }
  const child = spawn(process.execPath, [...process.execArgv, program, folder], { env })
  const [url] = await once(child.stdout, 'data') as [Buffer]
  return {
    url: url.toString().trim(),
    async leave () {
      child.stdin.end()
      await once(child, 'exit')
    }
  }
}

async function query (connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
