// What readers of the OpenAPI documents find: every operation says what it is for and what its answers hold.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

interface Operation {
  operationId: string
  summary?: string
  description?: string
  responses: Record<string, { description: string }>
}

const documents = readdirSync('services')
  .map((service) => join('openapi', `${service}.json`))
  .filter((file) => existsSync(file) && file !== join('openapi', 'gateway.json'))

function operationsOf (file: string): Operation[] {
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, unknown>> }
  return Object.values(paths).flatMap((item) => Object.values(item)).filter((each): each is Operation =>
    typeof each === 'object' && each !== null && 'operationId' in each
  )
}

/** What is wrong with the words of an operation. */
function faultsOf ({ operationId, summary = '', description = '', responses }: Operation): string[] {
  const faults = [
    /^[A-Z].*[^.]$/.test(summary) ? '' : 'its summary must be a title: a capital first, no full stop',
    summary.length <= 60 ? '' : 'its summary has more than 60 characters',
    /^[A-Z`].*\.$/s.test(description) ? '' : 'its description must be sentences',
    ...Object.entries(responses).map(([status, answer]) =>
      answer.description === 'Default Response' || answer.description === 'What came of it'
        ? `nothing says what its ${status} holds: name it in config.answers`
        : ''
    )
  ]
  return faults.filter((fault) => fault !== '').map((fault) => `${operationId}: ${fault}`)
}

t.test('every operation has a title, sentences, and words for each answer', async (t) => {
  t.ok(documents.length >= 5, `${documents.length} documents`)
  for (const file of documents) t.same(operationsOf(file).flatMap(faultsOf), [], file)
})

t.test('the counter-test: what says nothing is named', async (t) => {
  const mute = { operationId: 'getThing', summary: 'reads.', responses: { 200: { description: 'Default Response' } } }
  t.equal(faultsOf(mute).length, 3)
})
