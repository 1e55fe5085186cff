import { readFileSync } from 'node:fs'
import t from 'tap'
import * as questionnaire from '@dueline/questionnaire'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const examples = Array.from(readme.matchAll(/^```ts\n([^]*?)^```$/gm), (match) => match[1] ?? '')

t.ok(examples.length > 0)

for (const [index, example] of examples.entries()) {
  t.test(`example ${index + 1}`, async (t) => {
    const body = example
      .replace(/^import .* from '@dueline\/questionnaire'$/gm, '')
      .replace(/^(\S.*?) \/\/ → (.*)$/gm, 'check($1, $2)')
    let checks = 0
    const check = (value: unknown, expected: unknown): void => {
      t.strictSame(value, expected)
      checks++
    }
    // eslint-disable-next-line no-new-func -- the example is this package's own text
    new Function(...Object.keys(questionnaire), 'check', body)(...Object.values(questionnaire), check)
    t.equal(checks, example.split('// → ').length - 1, 'every answer of the README was checked')
  })
}
