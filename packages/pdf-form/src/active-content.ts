import { type PDFDict, type PDFDocument } from '@cantoo/pdf-lib'
import type { PdfIssue } from './limits.ts'
import { entry, textOf } from './objects.ts'
import { dictsOf } from './structure.ts'

const messages = {
  scripts: 'holds scripts, which are not run',
  launches: 'would start programs or open files, which is not done',
  embedded_files: 'holds files in it, which are not read',
  sends: 'would send its answers somewhere, which is not done',
  elsewhere: 'leads to other documents, which are not opened',
  media: 'holds sound, film or 3D, which is not shown',
  signed: 'is signed: the signature does not hold for a copy that is filled in'
}
type Found = keyof typeof messages
const actions: Record<string, Found> = {
  JavaScript: 'scripts',
  Rendition: 'media',
  RichMediaExecute: 'media',
  Movie: 'media',
  Sound: 'media',
  Launch: 'launches',
  SubmitForm: 'sends',
  ImportData: 'sends',
  GoToR: 'elsewhere',
  GoToE: 'elsewhere'
}
const annotations: Record<string, Found> = {
  FileAttachment: 'embedded_files',
  RichMedia: 'media',
  Screen: 'media',
  '3D': 'media',
  Movie: 'media',
  Sound: 'media'
}

/** What a PDF would do when a program for people opened it; here nothing of it is done. One issue for each kind. */
export function activeContent (document: PDFDocument): PdfIssue[] {
  const counts = new Map<Found, number>()
  const count = (found: Found | undefined) => {
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1)
  }
  for (const dict of dictsOf(document)) {
    count(found(dict))
    if (entry(dict, 'EF') !== undefined) count('embedded_files')
  }
  return [...counts].sort(([one], [other]) => one < other ? -1 : 1).map(([code, times]) => ({
    severity: 'warning',
    code,
    message: `${messages[code]} (${times})`
  }))
}

function found (dict: PDFDict): Found | undefined {
  if (entry(dict, 'JS') !== undefined) return 'scripts'
  const subtype = textOf(entry(dict, 'Subtype'))
  if (subtype !== undefined && entry(dict, 'Rect') !== undefined) return annotations[subtype]
  if (entry(dict, 'ByteRange') !== undefined && entry(dict, 'Contents') !== undefined) return 'signed'
  const action = textOf(entry(dict, 'S'))
  // A structure element has an S too; it has a parent, and no action has one.
  return action === undefined || entry(dict, 'P') !== undefined ? undefined : actions[action]
}
