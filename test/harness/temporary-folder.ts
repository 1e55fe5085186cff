import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Test {
  teardown(fn: () => Promise<void>): unknown
  passing(): boolean
  comment(text: string): unknown
}

/** A folder for one test; kept when it failed, with its place said. */
export async function temporaryFolder (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-test-'))
  t.teardown(async () => {
    // The Postgres of a stack that was killed writes until it notices.
    if (t.passing()) await rm(folder, { recursive: true, force: true, maxRetries: 20 })
    else t.comment(`what the stack kept: ${folder}`)
  })
  return folder
}
