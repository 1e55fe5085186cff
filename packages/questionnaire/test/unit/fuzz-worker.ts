import { parentPort } from 'node:worker_threads'
import { checkQuestionnaire } from '@dueline/questionnaire'
import { FileRefused, importXlsx } from '@dueline/questionnaire/import'
import type { Outcome } from '../../../../test/harness/fuzz.ts'

parentPort?.on('message', (bytes: Uint8Array) => {
  void read(bytes).then((outcome) => parentPort?.postMessage(outcome))
})

async function read (bytes: Uint8Array): Promise<Outcome> {
  try {
    const { questionnaire, issues } = await importXlsx(bytes)
    const faults = questionnaire === null ? [] : checkQuestionnaire(questionnaire)
    const hasError = issues.some(({ severity }) => severity === 'error')
    if (faults.length > 0 && !hasError) return { kind: 'failed', error: `a draft with faults: ${faults[0]?.message}` }
    return { kind: 'read' }
  } catch (error) {
    if (error instanceof FileRefused) return { kind: 'refused', code: error.code }
    return { kind: 'failed', error: String((error as Error).stack) }
  }
}
