import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { endsWithin } from '../../src/processes.ts'

const noStates = existsSync('/proc/self/stat') ? false : 'this system does not say how a process is'

t.test('a child that has ended is gone for everybody once it was waited for', { skip: noStates }, async (t) => {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const pid = child.pid ?? 0
  // it ends, and this process, busy all the while, has not noticed
  while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  t.ok(process.kill(pid, 0), 'others still see it')
  t.ok(await endsWithin(pid, 3_600_000))
  t.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
  await exited
})

t.test('one that goes on is told from one that has ended', async (t) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  t.notOk(await endsWithin(child.pid ?? 0, 40))
  child.kill('SIGKILL')
  t.ok(await endsWithin(child.pid ?? 0, 3_600_000))
  await exited
})
