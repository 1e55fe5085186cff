/** What the document says of an answer when nobody says anything: taken for nothing said. */
const unsaid = 'Default Response'

const byVerb: Record<string, (noun: string) => string> = {
  list: (nouns) => `A page of ${nouns}`,
  get: (noun) => `The ${noun}`,
  create: (noun) => `The new ${noun}`,
  update: (noun) => `The ${noun} after the change`
}

/** `getSlaRow`: get, SLA row. */
function wordsOf (operationId: string): [verb: string, noun: string] {
  const [verb = '', ...noun] = operationId.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase().split(' ')
  return [verb, noun.join(' ').replace(/\bsla\b/, 'SLA')]
}

/**
 * Describes the answers of an operation that say nothing of themselves: in the words of `said` by status, else by what
 * its operationId begins with (list, get, create, update).
 */
export function describeAnswers (
  operationId: string,
  responses: Record<string, unknown>,
  said: Readonly<Record<number, string>> = {}
): void {
  const [verb, noun] = wordsOf(operationId)
  for (const [status, response] of Object.entries(responses) as [string, { description?: string }][]) {
    const own = said[Number(status)]
    if (own !== undefined) response.description = own
    else if (response.description === unsaid) {
      response.description = status === '204' ? 'Done; there is no body' : byVerb[verb]?.(noun) ?? 'What came of it'
    }
  }
}
