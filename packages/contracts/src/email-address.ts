import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { Type } from 'typebox'

// Written as characters and not as escapes, and without lookaround: every regular expression engine reads it the same.
// Beyond ASCII (RFC 6531, IDNA): no blanks, no characters of format and direction, no private use, no other dots.
const beyond = '\u00a1-\u00ac\u00ae-\u061b\u061d-\u167f\u1681-\u180d\u1810-\u1fff\u2010-\u2027' +
  '\u2030-\u205e\u2070-\u2fff\u3003-\ud7ff\uf900-\ufefe' +
  '\uff00-\uff0d\uff0f-\uff60\uff62-\uffef\u{10000}-\u{1fffd}\u{20000}-\u{3fffd}'
// The two joiners, without which some names in Arabic script cannot be written.
const joiners = '\u200c-\u200d'
const atom = `[A-Za-z0-9!#$%&'*+/=?^_\`{|}~${beyond}-]+`
// A "<" or ">" cannot be written into the commands of SMTP by the mail library, so it is not taken in quotes either.
const quoted = `"(?:[ !#-;=?-\\[\\]-~${beyond}]|\\\\[ -;=?-~])*"`
const letter = `${joiners}A-Za-z${beyond}`
const inner = `[${letter}0-9-]{0,61}[${letter}0-9]`
const label = `[${letter}0-9](?:${inner})?`
// A host name ends in a name: what ends in a number is read as an address of the network.
const lastLabel = `(?:[0-9][0-9-]{0,60})?[${letter}](?:${inner})?`
const literal = '\\[(?:IPv6:[0-9A-Fa-f:.]{2,45}|[0-9.]{7,15})\\]'
const emailPattern = `(?:${atom}(?:\\.${atom})*|${quoted})@(?:(?:${label}\\.)*${lastLabel}|${literal})`

const form = 'the address of one mailbox, such as name@example.com: at most 254 characters, 64 octets of them before ' +
  'the @ (letters, digits and !#$%&\'*+-/=?^_`{|}~, single dots between them, or other text in "quotes"), and a host ' +
  'name behind it'

/**
 * One mailbox that mail can be delivered to, after RFC 5321 and 6531. What the form cannot say is said by
 * `emailAddressFault`: lengths in octets, and whether the host name can be written in ASCII.
 */
export const EmailAddress = Type.String({
  format: 'idn-email',
  pattern: `^${emailPattern}$`,
  maxLength: 254,
  description: form
})

const emailAddress = new RegExp(`^${emailPattern}$`, 'u')

/** The same with a name before it: `Desk <desk@example.com>`, or the address alone. */
export const mailboxPattern = `^(?:[^<>\\x00-\\x1f\\x7f]*<${emailPattern}>|${emailPattern})$`

const octets = (text: string): number => new TextEncoder().encode(text).length

/** Why no mail can be delivered to an address, in words that follow its name ("is …"); null when it can. */
export function emailAddressFault (address: string): string | null {
  if (address.length > 254 || !emailAddress.test(address)) return `is not ${form}`
  const at = address.lastIndexOf('@')
  const host = address.slice(at + 1)
  if (octets(address.slice(0, at)) > 64) return 'has more than 64 octets before the @'
  if (host.startsWith('[')) {
    const version = host.startsWith('[IPv6:') ? 6 : 4
    return isIP(host.slice(1, -1).replace(/^IPv6:/, '')) === version ? null : 'names no address of a host in [ ]'
  }
  return hostFault(host)
}

function hostFault (host: string): string | null {
  const ascii = domainToASCII(host)
  const labels = ascii.split('.')
  if (ascii === '' || labels.length !== host.split('.').length) return 'has a host name that is no domain name'
  if (ascii.length > 253 || labels.some((label) => label.length > 63)) {
    return 'has a host name that is longer than 253 octets, or a part of it than 63'
  }
  return null
}
