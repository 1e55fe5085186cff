import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { storedFile } from '../../src/stored-file.ts'

t.test('many that start at once get the same, whole, and it stays', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-test-'))
  t.teardown(async () => await rm(folder, { recursive: true }))
  for (let round = 0; round < 50; round++) {
    const file = join(folder, `secret-${round}`)
    const got = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => await storedFile(file, () => `made by ${index}`))
    )
    t.match(got[0], /^made by \d$/)
    t.equal(new Set(got).size, 1, got.join())
    t.equal(await storedFile(file, () => 'another'), got[0])
  }
  t.equal((await readdir(folder)).length, 50, 'nothing else is left behind')
})
