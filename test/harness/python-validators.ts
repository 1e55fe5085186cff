import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { bringPython } from '../../tools/runner/toolchain.mjs'

/** A value, and the schema that it must fit: a file, or a part of it by JSON pointer. */
export interface Checked {
  schema: string
  part?: string
  value: unknown
}

export interface Verdict {
  /** Of `jsonschema` and `jsonschema-rs`; none where the value fits. */
  refusedBy: string[]
  why: string
}

/**
 * What two validators of Python say of each value, in its order; undefined where they cannot be had: the test is then
 * skipped, and the reason printed. With `DUELINE_TEST_REQUIRE=python` it fails.
 */
export async function pythonVerdicts (t: Test, checked: readonly Checked[]): Promise<Verdict[] | undefined> {
  const folder = 'tools/json-schema'
  let python: string
  try {
    python = await bringPython(process.cwd(), folder)
  } catch (error) {
    const reason = `needs Python 3.10 or newer with venv and pip: ${(error as Error).message}`
    if (process.env.DUELINE_TEST_REQUIRE?.split(',').includes('python') === true) {
      t.fail(`DUELINE_TEST_REQUIRE names python: ${reason}`)
    } else t.pass('needs Python', { skip: reason })
    return undefined
  }
  const child = spawn(python, [join(folder, 'validate.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  // it ends before it has read all where it fails, which its exit code says
  child.stdin.on('error', () => {})
  child.stdin.end(checked.map((each) => `${JSON.stringify({ part: '', ...each })}\n`).join(''))
  const said = await text(child.stdout)
  const [code] = await ended as [number | null]
  if (code !== 0) throw new Error(`${folder}/validate.py exited with ${code}`)
  return said.trimEnd().split('\n').map((line) => JSON.parse(line) as Verdict)
}
