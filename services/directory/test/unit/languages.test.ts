import { languages } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { contradicts, languagesAfter } from '../../src/domain/languages.ts'

const list = fc.uniqueArray(fc.constantFrom(...languages), { minLength: 1 })
const sent = fc.record({ language: fc.constantFrom(...languages), languages: list }, { requiredKeys: [] })

t.test('languages stay a list without repetition whose first is the one that was sent', (t) => {
  fc.assert(
    fc.property(list, sent, (before, body) => {
      const after = languagesAfter(before, body)
      t.equal(new Set(after).size, after.length)
      if (body.language !== undefined) t.equal(after[0], body.language)
      if (!contradicts(body) && body.languages !== undefined) t.same(after, body.languages)
      if (body.language === undefined && body.languages === undefined) t.same(after, before)
    }),
    { numRuns: 100 }
  )
  t.end()
})
