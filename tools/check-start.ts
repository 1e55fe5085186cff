// What a newcomer does: `npm start`, then the curl that it prints, then the ticket's clocks. Exits 1 when it does not work.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = await mkdtemp(join(tmpdir(), 'dueline-start-'))
const child = spawn('npm', ['start', '--', '--port', '0', '--no-demo', '--folder', folder], {
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true
})
const closed = once(child, 'close')
let text = ''
child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
  text += chunk
})
try {
  const output = await readUntil("}'\n")
  const command = output.slice(output.indexOf('curl -sS'))
  const [status, ticket] = answerOf(
    execFileSync('bash', ['-c', `${command.trimEnd()} -w '\\n%{http_code}'`], { encoding: 'utf8' })
  )
  const { id, version } = JSON.parse(ticket) as { id: string, version: number }
  const url = /https?:\/\/[^/]+/.exec(command)?.[0] ?? ''
  const authorization = /authorization: ([^']+)/.exec(command)?.[1] ?? ''
  const ask = async (): Promise<Response> =>
    await fetch(`${url}/v1/clocks?ticketId=${id}&waitFor=${version}`, { headers: { authorization } })
  let clocks = await ask()
  let { items = [] } = await clocks.json() as { items?: { metric: string, state: string, dueAt: string }[] }
  // The very first ticket of a cold process may take longer than one waitFor of 2 s.
  for (let asked = 1; asked < 5 && items.length < 2; asked++) {
    clocks = await ask()
    items = (await clocks.json() as { items?: typeof items }).items ?? []
  }
  console.log(
    `curl answered ${status}; clocks: ${
      items.map((clock) => `${clock.metric} ${clock.state} due ${clock.dueAt}`).join(', ')
    }`
  )
  if (status !== 201 || clocks.status !== 200 || items.length < 2) {
    throw new Error('the ticket or its clocks are not there')
  }
} finally {
  // The whole group: npm passes no signal on, and ends before the stack has stopped, which holds the output open.
  process.kill(-(child.pid ?? 0), 'SIGTERM')
  await closed
  await rm(folder, { recursive: true, force: true })
}

async function readUntil (end: string): Promise<string> {
  while (!text.includes('curl -sS') || !text.includes(end)) {
    const [chunk] = await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'end')])
    if (chunk === undefined) throw new Error(`npm start ended early:\n${text}`)
  }
  return text
}

function answerOf (text: string): [number, string] {
  const at = text.lastIndexOf('\n')
  return [Number(text.slice(at + 1)), text.slice(0, at)]
}
