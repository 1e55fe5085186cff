// The rule that refuses private words, in ESLint itself, and its list beside the one that readers see.
import { readFileSync } from 'node:fs'
import { Linter } from 'eslint'
import t from 'tap'
import { othersNames, privateWordOf, privateWords, privateWordsRule, wordsOf } from '../../tools/lint/private-words.ts'

const linter = new Linter()
const judge = (code: string): string[] =>
  linter.verify(code, {
    plugins: { dueline: { rules: { 'private-words': privateWordsRule } } },
    rules: { 'dueline/private-words': ['error', { words: privateWords, allowed: othersNames }] }
  }).map(({ message }) => message)

t.test('an identifier is read word by word', async (t) => {
  t.same(wordsOf('giveBackQueue'), ['give', 'back', 'queue'])
  t.same(wordsOf('TOLD_IN_ORDER'), ['told', 'in', 'order'])
  t.same(wordsOf('readHTTPStory2'), ['read', 'http', 'story2'])
})

const refused: Record<string, string> = {
  'const toldInOrder = 1': 'told',
  'function readStory () {}': 'story',
  'class StoryReader {}': 'story',
  'class Reader { #inHand = 0 }': 'in hand',
  'class Reader { giveBackQueue () {} }': 'give back',
  'const read = (stories) => 1': 'stories',
  'const { told } = read()': 'told',
  'const row = { promise_id: 1 }': 'promise',
  'label.PROMISED_AT': 'promised',
  'lanes.filter(({ heardAt }) => true)': 'heard'
}
for (const [code, word] of Object.entries(refused)) {
  t.test(`refuses: ${code}`, async (t) => {
    const messages = judge(code)
    t.ok(messages.length > 0 && messages.every((message) => message.startsWith(`'${word}' in `)), messages.join('\n'))
    t.match(messages[0], `say ${privateWords[word]} (docs/glossary.md).`)
  })
}

const accepted = [
  'const household = threshold(retold)',
  'const history = display(replay(player))',
  'const inlineKeys = backlog.handled',
  'await Promise.allSettled([])',
  'new Agent({ keepAlive: true })',
  "const text = 'a story that nobody told'",
  '// a story that nobody told'
]
for (const code of accepted) {
  t.test(`accepts: ${code}`, async (t) => {
    t.same(judge(code), [])
  })
}

t.test('what stands in place of a word is no private word itself', async (t) => {
  for (const instead of Object.values(privateWords)) t.equal(privateWordOf(instead, privateWords), undefined, instead)
})

t.test('readers find each word in the glossary, and no other', async (t) => {
  const [, table = ''] = readFileSync('docs/glossary.md', 'utf8').split('## Words that identifiers do not have\n')
  const rows = table.split('\n').filter((line) => line.startsWith('| ')).slice(1)
  const listed = Object.fromEntries(rows.map((row) => row.split('|').slice(1, 3).map((cell) => cell.trim())))
  t.same(listed, privateWords)
})
