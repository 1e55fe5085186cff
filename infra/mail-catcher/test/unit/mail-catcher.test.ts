import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startMailCatcher, startMailPage } from '../../src/index.ts'

async function temporaryFolder (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-test-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

async function catcherIn (t: Test, folder: string) {
  const catcher = await startMailCatcher({ folder, port: 0 })
  t.teardown(async () => await catcher.stop())
  return catcher
}

const mail = (id: string, minute: number, subject = 'Hello'): string =>
  [
    `Message-ID: <${id}@deployment.example>`,
    `Date: Mon, 02 Mar 2026 10:${minute}:00 +0000`,
    'From: a@deployment.example',
    'To: b@deployment.example, c@deployment.example',
    `Subject: ${subject}`,
    '',
    'Hello'
  ].join('\r\n')

/** Sends one mail by SMTP; resolves with the last answer of the server. */
async function send (port: number, text: string): Promise<string> {
  const lines = ['EHLO test', 'MAIL FROM:<a@deployment.example>', 'RCPT TO:<b@deployment.example>', 'DATA']
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let answers = ''
  for await (const chunk of socket) {
    answers += String(chunk)
    // the last line of an answer has a blank behind its code
    if (!/^\d{3} .*\r\n$/m.test(answers)) continue
    const next = lines.shift() ?? (answers.startsWith('354') ? `${text}\r\n.` : undefined)
    if (next === undefined) {
      socket.end('QUIT\r\n')
      break
    }
    answers = ''
    socket.write(`${next}\r\n`)
  }
  return answers
}

t.test('every mail in the folder is listed, oldest first', async (t) => {
  const folder = await temporaryFolder(t)
  const catcher = await catcherIn(t, folder)
  for (const minute of [30, 10, 20]) await writeFile(join(folder, `${minute}.eml`), mail(`${minute}`, minute))
  await writeFile(join(folder, '40.eml.part'), 'not complete yet')
  const ids = (await catcher.list()).map(({ messageId }) => messageId)
  t.same(ids, ['<10@deployment.example>', '<20@deployment.example>', '<30@deployment.example>'])
})

t.test('a mail that is sent is on the page, and once when it is sent again', async (t) => {
  const folder = await temporaryFolder(t)
  const catcher = await catcherIn(t, folder)
  const page = await startMailPage({ catcher, port: 0 })
  t.teardown(async () => await page.stop())
  for (let i = 0; i < 2; i++) t.match(await send(catcher.port, mail('one', 15, 'A <b>first</b> mail')), /^250 /)
  t.same(await readdir(folder), ['one@deployment.example.eml'])
  const mails = await (await fetch(`${page.url}/mails.json`)).json() as { to: string[], subject: string }[]
  t.same(mails.map(({ to, subject }) => ({ to, subject })), [
    { to: ['b@deployment.example', 'c@deployment.example'], subject: 'A <b>first</b> mail' }
  ])
  const list = await (await fetch(page.url)).text()
  t.match(list, /A &#60;b&#62;first&#60;\/b&#62; mail/, 'what a mail says is shown, not run')
  t.match(await (await fetch(`${page.url}/one@deployment.example.eml`)).text(), /<pre dir="auto">Hello/)
  t.equal((await fetch(`${page.url}/two.eml`)).status, 404)
})

t.test('mails are for who runs the stack, also in a folder that an older release made', async (t) => {
  const folder = join(await temporaryFolder(t), 'mail')
  await mkdir(folder, { mode: 0o755 })
  await catcherIn(t, folder)
  t.equal((await stat(folder)).mode & 0o777, 0o700)
})
