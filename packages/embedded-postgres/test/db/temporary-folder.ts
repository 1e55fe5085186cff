import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A folder for one test that nobody but its owner may enter, as `/root` is. */
export async function closedFolder (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-test-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}
