import { parentPort } from 'node:worker_threads'
import { convert } from './convert.ts'
import type { Task, ThreadAnswer } from './converter.ts'

parentPort?.on('message', (task: Task) => {
  const answer = (answer: ThreadAnswer): void => parentPort?.postMessage(answer)
  convert(task).then((result) => answer({ result }), (error: unknown) => answer({ error: String(error) }))
})
