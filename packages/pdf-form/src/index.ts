export { drawPage, type DrawnPage } from './draw-page.ts'
export { pdfLimits, type PdfIssue, type PdfLimits } from './limits.ts'
export { readForm, type Place, type ReadForm } from './read-form.ts'
