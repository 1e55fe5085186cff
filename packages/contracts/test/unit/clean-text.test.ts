import fc from 'fast-check'
import t from 'tap'
import { cleanLine, cleanText } from '@dueline/contracts'

/** Any text, broken surrogates and control characters among it. */
const anyText = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    fc.constantFrom(
      '\0',
      '\r\n',
      '\u0085',
      '\u2028',
      '\u202e',
      '\u2066',
      '\u200b',
      '\ud83d',
      '\ude00',
      '😀',
      ' ',
      '\t',
      'a',
      'ب'
    )
  ),
  { maxLength: 40 }
).map((parts) => parts.join(''))

t.test('text from outside is valid, bounded, without control characters, and clean text is left alone', async (t) => {
  fc.assert(fc.property(anyText, fc.integer({ min: 0, max: 50 }), (text, lengthMax) => {
    const clean = cleanText(text, lengthMax)
    // eslint-disable-next-line no-control-regex
    const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u
    return clean.length <= lengthMax && !forbidden.test(clean) && cleanText(clean, lengthMax) === clean
  }))
  t.equal(cleanText('one\r\ntwo\rthree\n\tfour', 100), 'one\ntwo\nthree\n\tfour', 'line breaks and tabs stay')
  t.equal(cleanText('a\0b\u001b[31m\ud800c', 100), 'ab[31m\ufffdc')
  t.equal(cleanText('ab😀', 3), 'ab', 'a pair is not cut in two')
  t.equal(cleanText('می\u200cخواهم 👩\u200d💻', 100), 'می\u200cخواهم 👩\u200d💻', 'joiners stay: they shape words')
})

t.test('a line is one line', async (t) => {
  fc.assert(fc.property(anyText, fc.integer({ min: 0, max: 50 }), (text, lengthMax) => {
    const line = cleanLine(text, lengthMax)
    const oneLine = line === line.trim() && !/[\n\r\t\u2028\u2029]| {2}/.test(line)
    return oneLine && line.length <= lengthMax && cleanLine(line, lengthMax) === line
  }))
  t.equal(cleanLine(' a\r\n\r\nBcc:\u0085 b\u2028c\u202egnp ', 100), 'a Bcc: b cgnp')
  t.equal(cleanLine('\u200b \u2066\u2069', 100), '', 'what cannot be seen is nothing')
})
