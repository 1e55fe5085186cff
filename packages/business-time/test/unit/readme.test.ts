import { readFileSync } from 'node:fs'
import t from 'tap'
import * as businessTime from '../../src/index.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const examples = Array.from(readme.matchAll(/^```ts\n([^]*?)^```$/gm), (match) => match[1]!)

t.equal(examples.length, 3)

for (const [index, example] of examples.entries()) {
  t.test(`example ${index + 1}`, (t) => {
    const body = example
      .replace(/^import .* from '@dueline\/business-time'$/gm, '')
      .replace(
        /^( *)(\S.*?) \/\/ → (.*)$/gm,
        (_, indent: string, expression: string, expected: string) =>
          `${indent}check(${expression}, ${JSON.stringify(expected)})`
      )
    let checks = 0
    const check = (value: unknown, expected: string): void => {
      t.equal(String(value), expected)
      checks++
    }
    // eslint-disable-next-line no-new-func -- the example is this package's own text
    new Function(...Object.keys(businessTime), 'check', body)(...Object.values(businessTime), check)
    t.equal(checks, example.split('// → ').length - 1, 'every answer of the README was checked')
    t.end()
  })
}

t.test('the headings that every package has', (t) => {
  for (const heading of ['## Owns', '## Refuses']) t.match(readme, heading)
  t.end()
})
