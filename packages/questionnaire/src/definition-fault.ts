/** What is wrong with a questionnaire, and where: `/items/3/relevant`. */
export interface DefinitionFault {
  pointer: string
  code: string
  /** What would be right, in plain English. */
  message: string
  /** Where in an expression, from 0. */
  at?: number
}

/** A questionnaire that cannot be used, with every fault that was found. */
export class QuestionnaireError extends Error {
  readonly faults: readonly DefinitionFault[]

  constructor (faults: readonly DefinitionFault[]) {
    const [first] = faults
    super(`${faults.length} faults in the questionnaire, first ${first?.pointer}: ${first?.message}`)
    this.name = 'QuestionnaireError'
    this.faults = faults
  }
}
