import type { TermsFault } from '@dueline/contracts'
import type { PolicyRow } from './policy.ts'

/** What a row names of the catalogue and calendars. */
export type RowReferences = Pick<PolicyRow, 'productId' | 'moduleId' | 'questionId' | 'calendarId'>

/** How a named thing is looked up; a module has a product, a question both. */
export type ReferenceLookup = (
  kind: 'product' | 'module' | 'question' | 'calendar',
  id: string
) => { readonly productId: string | null, readonly moduleId: string | null } | undefined

/** What a row names that is not there, or that belongs to something else than the row says. */
export function referenceFaults (row: RowReferences, find: ReferenceLookup): TermsFault[] {
  const { productId, moduleId, questionId, calendarId } = row
  const faults: TermsFault[] = []
  const fault = (pointer: string, message: string) => {
    faults.push({ pointer, message })
  }
  if (productId !== null && find('product', productId) === undefined) fault('/productId', 'there is no such product')
  if (moduleId !== null) {
    const module = find('module', moduleId)
    if (module === undefined) fault('/moduleId', 'there is no such module')
    else if (productId !== null && module.productId !== productId) {
      fault('/moduleId', 'belongs to another product than productId')
    }
  }
  if (questionId !== null) {
    const question = find('question', questionId)
    if (question === undefined) fault('/questionId', 'there is no such question')
    else if (moduleId !== null && question.moduleId !== moduleId) {
      fault('/questionId', 'belongs to another module than moduleId')
    } else if (productId !== null && question.productId !== productId) {
      fault('/questionId', 'belongs to another product than productId')
    }
  }
  if (calendarId !== null && find('calendar', calendarId) === undefined) {
    fault('/calendarId', 'there is no such calendar')
  }
  return faults
}
