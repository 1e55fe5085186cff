export { drawPage, type DrawnPage } from './draw-page.ts'
export { fillForm, type FilledForm } from './fill-form.ts'
export { pdfLimits, type PdfIssue, type PdfLimits } from './limits.ts'
export { readForm, type Place, type ReadForm } from './read-form.ts'
