// What an outside checker of SCIM says of the service: scim2-tester, which reads the schemas, then makes, changes and
// deletes resources by every attribute that they name.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { bringPython } from '../../../../tools/runner/toolchain.mjs'
import { startScim } from './scim-support.ts'

/**
 * Python with the checker; undefined where it cannot be had: then the test is skipped, and the reason printed. With
 * `DUELINE_TEST_REQUIRE=python` it fails.
 */
async function checker (t: Test): Promise<string | undefined> {
  try {
    return await bringPython(process.cwd(), 'tools/scim')
  } catch (error) {
    const reason = `needs Python 3.10 or newer with venv and pip: ${(error as Error).message}`
    const isRequired = process.env.DUELINE_TEST_REQUIRE?.split(',').includes('python') === true
    if (isRequired) t.fail(`DUELINE_TEST_REQUIRE names python: ${reason}`)
    else t.pass('needs Python', { skip: reason })
    return undefined
  }
}

t.test('scim2-tester finds nothing wrong', async (t) => {
  const program = await checker(t)
  if (program === undefined) return
  const { http, token } = await startScim(t)
  await http.listen({ port: 0, host: '127.0.0.1' })
  const { port } = http.server.address() as AddressInfo
  const env = { PATH: process.env.PATH, SCIM_CLI_HEADERS: `Authorization: Bearer ${token}`, NO_PROXY: '127.0.0.1' }
  const child = spawn(program, [
    '-c',
    'from scim2_cli import cli; cli()',
    '--url',
    `http://127.0.0.1:${port}/scim/v2`,
    'test'
  ], {
    env,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const [said, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const lines = said.split('\n')
  t.ok(lines.filter((line) => line.startsWith('SUCCESS')).length > 100, `many checks were made: ${errors}`)
  const faults = said.split(/\n(?=[A-Z]+ \w)/).filter((each) => /^(ERROR|CRITICAL)/.test(each))
  t.same(faults.map((each) => each.slice(0, 400)), [])
})
