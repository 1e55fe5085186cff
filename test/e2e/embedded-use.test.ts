// What a newcomer does with what `npm start` prints, and what happens to the embedded Postgres under it.
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@dueline/client'
import { freeRow } from '@dueline/embedded'
import { eventually } from '@dueline/testkit'
import t from 'tap'
import { postgresOf, startEmbedded, type EmbeddedProgram } from '../harness/embedded-program.ts'
import { fromSource } from '../harness/service-process.ts'
import { stackFolder } from '../harness/stack-folder.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

/** The lines of a program's output that are meant to be pasted into a shell. */
function exportsIn (text: string): string {
  return text.split('\n').filter((line) => line.startsWith('  export ')).join('\n')
}

/** Runs them as a shell of a machine with a proxy that is not there. */
function shell (script: string, cwd = process.cwd()): string {
  return execFileSync('bash', ['-c', `set -euo pipefail\n${script}`], {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, http_proxy: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' }
  })
}

function token (...args: string[]): { status: number | null, stdout: string, stderr: string } {
  return spawnSync(process.execPath, [...fromSource, 'infra/embedded/src/token-main.ts', ...args], { encoding: 'utf8' })
}

t.test('the commands of the README and those that are printed work when they are pasted', async (t) => {
  const folder = await temporaryFolder(t)
  const program = startEmbedded(t, ['--port', '0', '--no-demo', '--folder', folder, '--cors', 'http://localhost:5173'])
  await program.prints("}'\n")
  const printed = program.stdout()
  const pasted = exportsIn(printed)
  t.equal(pasted.split('\n').length, 3, 'the address, and tokens of a customer, an agent and an administrator')
  t.equal(printed.match(/^ {2}[a-z]+ +ey[\w.-]+$/gm)?.length, 8, 'and a token for each of eight roles')
  const another = /^Another token:\n(.+)$/m.exec(printed)?.[1] ?? ''
  t.match(shell(another), /^ey[\w.-]+\n$/, 'and the command for one more, of this folder')

  const readme = readFileSync('README.md', 'utf8')
  const commands = readme.slice(readme.indexOf('## Use')).match(/```sh\n([^]*?)```/)?.[1] ?? ''
  const [open = '', ask = ''] = commands.split(/\n(?=curl)/)
  const ticket = shell(`${pasted}\n${open}\necho $TICKET`).trim()
  // a cold process may take longer than waitFor waits
  const clocks = await eventually(() => {
    const { items } = JSON.parse(shell(`${pasted}\nTICKET=${ticket}\n${ask}`)) as {
      items?: { metric: string, state: string }[]
    }
    return items?.length === 2 ? items : undefined
  })
  t.same(clocks.map(({ metric, state }) => `${metric} ${state}`).sort(), [
    'first_response running',
    'resolution running'
  ])
  t.match(JSON.parse(shell(printed.slice(printed.indexOf('curl -sS')))), { number: 'T-000002', status: 'new' })

  const url = /DUELINE=(\S+)/.exec(pasted)?.[1] ?? ''
  const preflight = async (origin: string): Promise<string | null> =>
    (await fetch(`${url}/v1/tickets`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type'
      }
    })).headers.get('access-control-allow-origin')
  t.equal(await preflight('http://localhost:5173'), 'http://localhost:5173', 'a browser of that front end may call it')
  t.not(await preflight('http://localhost:5174'), 'http://localhost:5174', 'one of another may not')

  const made = token(
    '--role',
    'agent,manager',
    '--tenant',
    'second-desk',
    '--person',
    'auth0|65f0c2',
    '--folder',
    folder
  )
  t.equal(made.status, 0)
  t.match(made.stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/, 'a token and nothing else')
  const me = async (printed: string): Promise<unknown> =>
    (await createClient({ url, token: printed.trim() }).get('/v1/me')).data
  t.match(await me(made.stdout), { tenantId: 'second-desk', roles: ['agent', 'manager'] })
  const admin = token('--role', 'admin', '--folder', folder)
  t.match(await me(admin.stdout), { tenantId: 'demo', roles: ['admin'] })

  t.equal((await program.terminate()).ending, 0)
  t.equal(program.stderr(), '', 'no line of the log among what people read')
  for (const line of program.stdout().split('\n')) t.notMatch(line, /^\{/)
  t.notMatch(
    readFileSync(join(folder, 'dueline.log'), 'utf8'),
    'lease ran out',
    'who has joined its group stays in it while the others start'
  )
  for (const name of readdirSync(folder)) {
    t.equal(statSync(join(folder, name)).mode & 0o077, 0, `${name} is for its owner only`)
  }
})

/** The commands of a document in the order in which they stand. */
function commandsIn (path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/```sh\n([^]*?)```/g)].map(([, commands = '']) => commands)
}

t.test('the commands of the documents that bring people work when they are pasted', async (t) => {
  const [folder, cwd] = [await temporaryFolder(t), await temporaryFolder(t)]
  const program = startEmbedded(t, ['--port', '0', '--no-demo', '--folder', folder])
  await program.prints("}'\n")
  const paste = (commands: string): any[] =>
    shell(`${exportsIn(program.stdout())}\n${commands}`, cwd)
      .split('\n').filter((line) => line !== '').map((line) => JSON.parse(line))

  const [bySCIM = '', byCSV = ''] = ['/scim/v2/Users', '/people-imports'].map((path) =>
    commandsIn('README.md').find((commands) => commands.includes(path))
  )
  const [changed, group, left, ...more] = paste(bySCIM)
  t.match(changed, { userName: 'lina@acme.example', preferredLanguage: 'ar', active: true })
  t.match(group, { displayName: 'Printer desk', members: [{ value: changed.id }] })
  t.match(left, { id: changed.id, active: false })
  t.same(more, [])

  const [tried, imported, again] = paste(byCSV)
  t.match(tried, { dryRun: true, created: 2, refused: 0 })
  t.match(imported, { dryRun: false, created: 2, refused: 0 })
  t.match(again, { created: 0, changed: 0, refused: 0 })
  t.ok(again.unchanged > 3, 'the export has everybody')

  const [prepare = '', session = ''] = commandsIn('docs/howto/provision-people-by-scim.md')
  const [found, patched, emptied, inactive] = paste(prepare + session)
  t.match(found, { totalResults: 1, Resources: [{ userName: 'nora@acme.example' }] })
  t.match(patched, { preferredLanguage: 'ar' })
  t.notOk(emptied.members)
  t.match(inactive, { id: patched.id, active: false })
  t.equal((await program.terminate()).ending, 0)
})

t.test('with unpublished changes in the SLA table it runs without its demonstration, and says why', async (t) => {
  const folder = await stackFolder(t)
  const first = startEmbedded(t, ['--port', '0', '--no-demo', '--folder', folder])
  await first.prints("}'\n")
  const clientOf = (program: EmbeddedProgram) => {
    const [, url = '', token = ''] = /DUELINE=(\S+)[^]*ADMIN_TOKEN=(\S+)/.exec(program.stdout()) ?? []
    return createClient({ url, token })
  }
  const { items: products } = (await clientOf(first).get('/v1/products')).data
  t.same(products, [], 'without it nothing is made for it')
  await clientOf(first).post('/v1/sla-rows', { body: { name: 'DRAFT two', targets: { resolution: 'PT4H' } } })
  t.equal((await first.terminate()).ending, 0)

  const second = startEmbedded(t, ['--port', '0', '--folder', folder])
  await second.prints('The demonstration is left out. It lacks an SLA table without unpublished changes: ')
  t.match(second.stdout(), /^The demonstration is left out\. [^\n]*"DRAFT two"[^\n]*\.$/m)
  t.same((await clientOf(second).get('/v1/policy-versions')).data.items, [], 'nothing is published')
  t.equal((await second.terminate()).ending, 0, 'and the stack runs until it is stopped')
})

t.test('a token is refused in one sentence', async (t) => {
  const folder = await temporaryFolder(t)
  const cases: [string[], RegExp][] = [
    [[], /--role must list some of customer, agent, manager, ceo, sales, admin, integrator, operator$/m],
    [['--role', 'boss'], /--role must list some of .*, not "boss"/],
    [['--role', 'agent,'], /--role must list some of .*, not "agent,"/],
    [
      ['--role', 'agent', '--tenant', 'Acme Corp'],
      /--tenant must be a name of lower-case letters, digits and hyphens, at most 63, not "Acme Corp"/
    ],
    [['--role', 'agent', '--tenant', 'acme'], /--person must say who it is in the tenant "acme"/],
    [['--role', 'agent', '--person', 'a\nb'], /--person must be a UUID, or a name of at most 255 characters/],
    [
      ['--role', 'agent', '--folder', folder],
      /no stack has been started in .* yet: run npm start first, or name its --folder/
    ],
    [['agent'], /"agent" is no option: write npm run token -- --NAME VALUE/]
  ]
  for (const [args, said] of cases) {
    const { status, stdout, stderr } = token(...args)
    t.equal(status, 78)
    t.equal(stdout, '')
    t.match(stderr, said)
    t.match(stderr, /^token: [^\n]+\n$/)
  }
  t.same(readdirSync(folder), [], 'and no key is made')
})

t.test('the Postgres of a running stack that is killed runs again; the gateway says so meanwhile', async (t) => {
  const folder = await stackFolder(t)
  const program = startEmbedded(t, ['--port', '0', '--no-demo', '--folder', folder])
  await program.prints("}'\n")
  const url = /DUELINE=(\S+)/.exec(program.stdout())?.[1] ?? ''
  const ready = async (): Promise<number> => (await fetch(`${url}/health/ready`)).status
  t.equal(await ready(), 200)
  const open = program.stdout().slice(program.stdout().indexOf('curl -sS'))
  const { id } = JSON.parse(shell(open)) as { id: string }
  const killed = postgresOf(folder)
  process.kill(killed ?? 0, 'SIGKILL')
  await eventually(async () => await ready() === 503, { everyMs: 10 })
  await program.prints('Postgres had ended and runs again after')
  await eventually(async () => await ready() === 200)
  t.not(postgresOf(folder), killed)
  const agent = createClient({ url, token: /AGENT_TOKEN=(\S+)/.exec(program.stdout())?.[1] ?? '' })
  const stored = await agent.get('/v1/tickets/{ticketId}', { path: { ticketId: id } })
  t.match(stored.data, { id }, 'what was accepted is there')
  t.match(JSON.parse(shell(open)), { number: 'T-000002' }, 'and the next is accepted')
  t.equal((await program.terminate()).ending, 0)
})

t.test('a stack whose data are removed ends with a sentence', async (t) => {
  const folder = await stackFolder(t)
  const program = startEmbedded(t, ['--port', '0', '--no-demo', '--folder', folder])
  await program.prints('Dueline is ready')
  const postgres = postgresOf(folder)
  await rm(join(folder, 'postgres'), { recursive: true, force: true, maxRetries: 10 })
  const { code, said } = await program.ends()
  t.equal(code, 1)
  t.match(said, /^dueline: the data in [^\n]+ are gone: start again[^\n]*\n$/)
  await eventually(() => {
    try {
      return !process.kill(postgres ?? 0, 0)
    } catch {
      return true
    }
  })
})

t.test('a Postgres that is killed while the stack starts ends the start with a sentence', async (t) => {
  const folder = await stackFolder(t)
  const { first } = await freeRow(23_000, 10)
  const program = startEmbedded(t, ['--port', String(first), '--no-demo', '--folder', folder])
  // the API answers: its people and its agreement are made next
  await eventually(async () => (await fetch(`http://127.0.0.1:${first}/health/live`)).ok, {
    deadlineMs: 60_000,
    everyMs: 5
  })
  process.kill(postgresOf(folder) ?? 0, 'SIGKILL')
  const { code, said } = await program.ends()
  t.equal(code, 1)
  t.match(
    said,
    /^dueline: [^\n]*(Postgres ended while the stack was starting|the database went away)[^\n]*: start again\n$/
  )
  t.notMatch(program.stdout(), 'Dueline is ready')
})
