import { parentPort } from 'node:worker_threads'
import { FileRefused } from '@dueline/questionnaire/import'
import { drawPage, fillForm, readForm } from '../../src/index.ts'
import type { Outcome } from '../../../../test/harness/fuzz.ts'

parentPort?.on('message', (bytes: Uint8Array) => {
  void attempt(bytes).then((outcome) => parentPort?.postMessage(outcome))
})

async function attempt (bytes: Uint8Array): Promise<Outcome> {
  try {
    const { questionnaire, issues } = await readForm(bytes)
    const fault = issues.find(({ code }) => code === 'not_valid')
    if (fault !== undefined) return { kind: 'failed', error: `a draft with faults: ${fault.message}` }
    // Filling in and drawing take ten times as long: of some.
    if (bytes.length % 10 !== 0) return { kind: 'read' }
    if (questionnaire !== null) {
      const answers = Object.fromEntries(questionnaire.items.map(({ name }) => [name, 'مثال 1']))
      await fillForm(bytes, answers, questionnaire)
    }
    await drawPage(bytes, 1)
    return { kind: 'read' }
  } catch (error) {
    const cause = String((error as { cause?: Error }).cause?.stack ?? '')
    // Of ours, and not of a library: nobody thought of it.
    const isOurs = /^.*\n\s+at .*packages\/pdf-form\/src/.test(cause)
    if (error instanceof FileRefused && !isOurs) return { kind: 'refused', code: error.code }
    if (isOurs) return { kind: 'failed', error: cause }
    return { kind: 'failed', error: String((error as Error).stack) }
  }
}
