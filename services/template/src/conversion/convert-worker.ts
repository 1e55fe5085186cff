import { parentPort } from 'node:worker_threads'
import { convert } from './convert.ts'
import type { ConversionTask, ThreadAnswer } from './converter.ts'

parentPort?.on('message', (task: ConversionTask) => {
  const answer = (answer: ThreadAnswer): void => parentPort?.postMessage(answer)
  convert(task).then((result) => answer({ result }), (error: unknown) => answer({ error: String(error) }))
})
