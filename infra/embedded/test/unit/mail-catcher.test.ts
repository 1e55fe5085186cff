import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startMailCatcher } from '../../src/mail-catcher.ts'

t.test('every mail in the folder is listed, oldest first', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-test-'))
  t.teardown(async () => {
    await rm(folder, { recursive: true, force: true })
  })
  const catcher = await startMailCatcher({ folder, port: 0 })
  t.teardown(async () => {
    await catcher.stop()
  })
  const write = async (minute: number) =>
    await writeFile(
      join(folder, `${minute}.eml`),
      [
        `Message-ID: <${minute}@deployment.example>`,
        `Date: Mon, 02 Mar 2026 10:${minute}:00 +0000`,
        'From: a@deployment.example',
        'To: b@deployment.example',
        'Subject: Hello',
        '',
        'Hello'
      ].join('\r\n')
    )
  for (const minute of [30, 10, 20]) await write(minute)
  await writeFile(join(folder, '40.eml.part'), 'not complete yet')
  const ids = (await catcher.list()).map(({ messageId }) => messageId)
  t.same(ids, ['<10@deployment.example>', '<20@deployment.example>', '<30@deployment.example>'])
})
