// From a questionnaire to the bytes of a file: runs in a worker thread only. What writes PDFs is loaded with the first.
import { questionnaireHtml, toFhir, type Questionnaire } from '@dueline/questionnaire'
import { exportXlsx } from '@dueline/questionnaire/import'
import type { WritingTask } from './converter.ts'

/** @throws FileRefused for a PDF that cannot be drawn or filled in */
export async function writtenFile (task: WritingTask): Promise<Uint8Array> {
  switch (task.kind) {
    case 'write':
      return await written(task)
    case 'draw': {
      const { drawPage } = await import('@dueline/pdf-form')
      return (await drawPage(task.bytes, task.page, { widthPx: task.widthPx })).png
    }
    case 'fill': {
      const { fillForm } = await import('@dueline/pdf-form')
      return (await fillForm(task.bytes, task.answers, task.questionnaire as unknown as Questionnaire)).pdf
    }
  }
}

async function written ({ format, questionnaire, language }: Extract<WritingTask, { kind: 'write' }>) {
  // only what has been checked, and has no faults, is written
  const form = questionnaire as unknown as Questionnaire
  switch (format) {
    case 'xlsx':
      return (await exportXlsx(form)).bytes
    case 'fhir':
      return Buffer.from(JSON.stringify(toFhir(form)))
    case 'html':
      return Buffer.from(questionnaireHtml(form, language === undefined ? {} : { language }))
  }
}
