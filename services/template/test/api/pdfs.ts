/** PDFs that others made. */
export const madeForms = new URL('../../../../packages/pdf-form/test/forms/', import.meta.url)

export interface PdfParts {
  pages?: number
  /** Entries of each field besides its place. */
  fields?: string[]
  /** Entries of the catalog. */
  catalog?: string
  /** Entries of the form. */
  form?: string
  /** Entries of the trailer. */
  trailer?: string
}

/** A PDF written by hand; its fields stand below each other on the first page. */
export function pdf ({ pages = 1, fields = [], catalog = '', form = '', trailer = '' }: PdfParts): Buffer {
  const idsFrom = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => `${first + index} 0 R`).join(' ')
  const fieldIds = idsFrom(4 + pages, fields.length)
  const page = (annotations: string) => `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] ${annotations} >>`
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R /AcroForm 3 0 R ${catalog} >>`,
    `<< /Type /Pages /Count ${pages} /Kids [${idsFrom(4, pages)}] >>`,
    `<< /Fields [${fieldIds}] ${form} >>`,
    ...Array.from({ length: pages }, (_, index) => page(index === 0 ? `/Annots [${fieldIds}]` : '')),
    ...fields.map((entries, index) => {
      const bottom = 560 - 30 * index
      return `<< /Type /Annot /Subtype /Widget /Rect [150 ${bottom} 350 ${bottom + 20}] ${entries} >>`
    })
  ]
  let text = '%PDF-1.7\n'
  const offsets = objects.map((object, index) => {
    const offset = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return `${String(offset).padStart(10, '0')} 00000 n \n`
  })
  const size = objects.length + 1
  text += `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}` +
    `trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${text.length}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}

/** A form of two questions, the second without a text of its own. */
export const smallForm = pdf({
  catalog: '/Lang (en) /OpenAction << /S /JavaScript /JS (1) >>',
  fields: ['/FT /Tx /T (name) /TU (Your name) /Ff 2', '/FT /Btn /T (agreed)']
})

/** A form of which nothing is guessed. */
export const labelledForm = pdf({ catalog: '/Lang (en)', fields: ['/FT /Tx /T (name) /TU (Your name) /Ff 2'] })
