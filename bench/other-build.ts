import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { calledNode } from '../test/harness/stack-process.ts'

/**
 * Runs the scenario `name` of the build in the folder `build` as a person would, by its own runner.
 * @returns its figures, under the names that they have there
 * @throws Error when it fails
 */
export async function figuresOfBuild (build: string, name: string, quick: boolean): Promise<Record<string, number>> {
  const options = ['--json', ...(quick ? ['--quick'] : [])]
  const child = spawn(calledNode, ['tools/run.mjs', 'bench', name, ...options], {
    cwd: build,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>])
  if (code !== 0) throw new Error(`${name} of ${build} ended with ${code}`)
  const last = output.trim().split('\n').at(-1) ?? ''
  return (JSON.parse(last) as { figures: Record<string, number> }).figures
}
