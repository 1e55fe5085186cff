import t from 'tap'
import { shapeLine } from '../../src/shape-text.ts'

/** The letters as they stand from left to right. */
const drawn = (text: string) => shapeLine(text).signs.map((sign) => sign.text).join('')

t.test('numbers and Latin words in Arabic are drawn from left to right', async (t) => {
  const line = shapeLine('تذكرة 12345 من Acme Corp')
  t.ok(line.isRightToLeft)
  const text = line.signs.map((sign) => sign.text).join('')
  t.ok(text.startsWith('Acme Corp '), 'the last words are on the left')
  t.ok(text.includes(' 12345 '))
  t.ok(text.endsWith('ةركذت'), 'Arabic letters are drawn from the left too, the last one first')
  t.ok(drawn('(100) ريال').endsWith(')100('))
  t.equal(shapeLine('(100) ريال').signs.at(-1)?.glyph, shapeLine(')').signs[0]?.glyph, 'brackets are turned round')
})

t.test('letters are joined', async (t) => {
  const alone = shapeLine('ع').signs[0]?.glyph
  const joined = shapeLine('ععع').signs.map(({ glyph }) => glyph)
  t.equal(new Set([...joined, alone]).size, 4, 'first, middle, last and alone have four signs')
  const lamAlef = shapeLine('لا').signs.map(({ glyph }) => glyph)
  const apart = ['ا', 'ل'].map((letter) => shapeLine(letter).signs[0]?.glyph)
  t.notOk(lamAlef.some((glyph) => apart.includes(glyph)), 'lam and alef have signs of their own together')
})

t.test('English with Arabic in it', async (t) => {
  const line = shapeLine('Name: محمد, floor 3')
  t.notOk(line.isRightToLeft)
  t.equal(drawn('Name: محمد, floor 3'), 'Name: دمحم, floor 3')
})

t.test('letters that the font has not', async (t) => {
  t.strictSame(shapeLine('a🚀b').missing, ['🚀'])
  t.strictSame(shapeLine('aé€ ٣').missing, [])
  t.strictSame(shapeLine(''), { text: '', signs: [], width: 0, isRightToLeft: false, missing: [] })
})
