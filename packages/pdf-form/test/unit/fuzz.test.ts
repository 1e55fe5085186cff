// Mutated forms: read or refused, never a crash, never longer than the worker's time.
import { PDFDocument } from '@cantoo/pdf-lib'
import t from 'tap'
import { fuzz, mutatedBytes } from '../../../../test/harness/fuzz.ts'
import { form } from './forms.ts'

const names = [
  'visit.pdf',
  'visit-ar.pdf',
  'libreoffice-form.pdf',
  'FormTestFromOo.pdf',
  'form_evince.pdf',
  'fancy_fields.pdf'
]
const words = [
  '/Parent 1 0 R',
  '/Kids [1 0 R 2 0 R]',
  '/Count 100000',
  '/Annots [4 0 R 4 0 R]',
  '/Length 999999999',
  '/MaxLen -1',
  '/Ff 4294967295',
  '/FT /Btn',
  '/T null',
  '/V [1 [2 [3]]]',
  '/Opt [[(a)] [] 1 (b)]',
  '/Rect [0 0 1e9 -1]',
  '/Filter [/FlateDecode /FlateDecode]',
  '/MediaBox [0 0 0 0]',
  '<<',
  '>>',
  ' endobj ',
  ' stream\n',
  '(((('
]

t.test('forms', async (t) => {
  // With its objects in plain sight, so that the mutations meet them.
  const files = await Promise.all(names.map(async (name) => {
    const document = await PDFDocument.load(form(name), { updateMetadata: false })
    const options = { updateFieldAppearances: false, useObjectStreams: false }
    return [name, await document.save(options)] as const
  }))
  const worker = new URL('./fuzz-worker.ts', import.meta.url)
  await fuzz(t, { files, worker, mutated: (bytes, random) => mutatedBytes(bytes, random, words), runs: 60 })
})
