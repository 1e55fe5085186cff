// Zero and other control characters: line breaks and tabs are not among them.
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g
/** Embeddings, overrides and isolates of direction: they go on to act on the text that follows. */
const directionControls = /[\u202a-\u202e\u2066-\u2069]/g
/** Takes no place and says nothing. The joiners U+200C and U+200D shape words and stay. */
const invisible = /[\u00ad\u200b\u2060\ufeff]/g
const halfPair = /\p{Cs}/gu
const blanks = /[\s\u0085]+/g

/**
 * Text from outside (a mail server's words, a receiver's answer, what somebody typed) as it may be kept and shown:
 * Postgres takes it, it is valid Unicode, and it does not change how what stands after it is read. A line ends in `\n`.
 * @param lengthMax most UTF-16 units of the result; a surrogate pair is never cut in two
 */
export function cleanText (text: string, lengthMax: number): string {
  return bounded(cleaned(text), lengthMax)
}

/** The same in one line: line breaks and rows of blanks become one blank, what cannot be seen goes. */
export function cleanLine (text: string, lengthMax: number): string {
  const line = cleaned(text.replace(blanks, ' ')).replace(invisible, '').replace(/ {2,}/g, ' ').trim()
  return bounded(line, lengthMax).trimEnd()
}

const leftToRight = /[^\P{L}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/** A line of text that stands in a text of another direction, so that neither mixes up the other's order. */
export function isolated (line: string, direction: 'ltr' | 'rtl'): string {
  return (direction === 'rtl' ? leftToRight : rightToLeft).test(line) ? `\u2068${line}\u2069` : line
}

function cleaned (text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(controls, '').replace(directionControls, '').replace(halfPair, '\ufffd')
}

function bounded (text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text
  const cut = text.slice(0, lengthMax)
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut
}
