import { PDFDict, PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib'

/** A PDF of one page with the fields that `make` adds. */
export async function made (make: (document: PDFDocument) => void | Promise<void>): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.addPage([400, 600])
  await make(document)
  return await document.save({ updateFieldAppearances: false })
}

/** A field as others write it, with entries of one's own. */
export function addField (document: PDFDocument, entries: Record<string, unknown>, page = 0): PDFDict {
  const { context } = document
  const field = context.obj({ Type: 'Annot', Subtype: 'Widget', Rect: [100, 500, 200, 520], ...entries as object })
  const reference = context.register(field)
  const node = document.getPage(page).node
  if (node.Annots() === undefined) node.set(PDFName.of('Annots'), context.obj([]))
  node.Annots()?.push(reference)
  const form = document.catalog.getOrCreateAcroForm()
  form.addField(reference)
  return field
}

export function text (value: string): PDFString {
  return PDFString.of(value)
}
