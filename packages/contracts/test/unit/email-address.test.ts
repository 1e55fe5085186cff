import fc from 'fast-check'
import t from 'tap'
import { EmailAddress, emailAddressFault, mailboxPattern } from '@dueline/contracts'

const local = 'a'.repeat(64)
const label = 'b'.repeat(63)

t.test('what can be delivered to is taken', async (t) => {
  const right = [
    'plain@example.org',
    'a+b.c@example.org',
    "o'neil@example.org",
    "!#$%&'*+-/=?^_`{|}~@example.org",
    `${local}@example.org`,
    '"north,south"@example.org',
    '"a b"@example.org',
    '"a@b"@example.org',
    '"a\\"b"@example.org',
    '"a\\\\b"@example.org',
    'x@localhost',
    'x@1a.2b3',
    `x@${label}.example`,
    'x@xn--mnchen-3ya.example',
    'x@münchen.example',
    'محمد@مثال.إختبار',
    'x@نامه\u200cای.com',
    'x@[192.0.2.1]',
    'x@[IPv6:2001:db8::1]',
    `${local}@${label}.${label}.${'c'.repeat(58)}.io`
  ]
  for (const address of right) t.equal(emailAddressFault(address), null, address)
})

t.test('what cannot, or is more than one mailbox, is refused with the reason', async (t) => {
  const wrong = [
    'north,south@example.org',
    'a@b.example,c@d.example',
    'a@b.example; c@d.example',
    'x:a@b.example',
    'Nora <a@b.example>',
    '<a@b.example>',
    'a(b)@example.org',
    'a..b@example.org',
    '.a@example.org',
    'a.@example.org',
    'a b@example.org',
    'a@b@c.example',
    '@example.org',
    'a@',
    'a',
    '',
    ' a@b.example',
    'a@b.example\n',
    'a\r\nBcc:x@b.example',
    'a\0@b.example',
    '"a@b.example',
    '"a"b@example.org',
    '"a<b>c"@example.org',
    'a\u202eb@example.org',
    'a\u00a0b@example.org',
    '\ud800@b.example',
    'x@exa_mple.org',
    'x@-a.example',
    'x@a-.example',
    'x@a..example',
    'x@example.org.',
    'x@1.2.3.4',
    'x@b.123',
    `x@b${label}.example`,
    'x@example。com',
    'x@[x]',
    `${local}@${label}.${label}.${'c'.repeat(59)}.io`
  ]
  for (const address of wrong) {
    t.match(emailAddressFault(address), /^is not the address of one mailbox, such as/, JSON.stringify(address))
  }
  for (const before of [`${local}a`, 'é'.repeat(33)]) {
    t.match(emailAddressFault(`${before}@example.org`), /64 octets/, before)
  }
  t.match(emailAddressFault('x@[1.2.3.999]'), /no address of a host/)
  t.match(emailAddressFault('x@ex\u200cample.org'), /no domain name/)
  t.match(emailAddressFault(`x@${'ü'.repeat(60)}.example`), /longer than/)
})

t.test('what is taken cannot be read as a list of addresses, a name or a comment', async (t) => {
  const anything = fc.string({ maxLength: 8, unit: fc.constantFrom(...'abz09.,;:<>()[]"\\@ +-\'') })
  const plain = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'abz09.+-,') })
  const host = fc.oneof(fc.constantFrom('example.org', 'b.example'), plain)
  let taken = 0
  fc.assert(
    fc.property(fc.oneof(anything, plain, anything.map((text) => `"${text}"`)), host, (before, after) => {
      const address = `${before}@${after}`
      if (emailAddressFault(address) !== null) return true
      taken++
      return !/[\s,;:<>()"\\]/.test(address.replace(/^"(?:[^"\\]|\\.)*"(?=@)/, 'quoted'))
    }),
    { numRuns: 1_000 }
  )
  t.ok(taken > 100, `some were taken (${taken})`)
})

t.test('the pattern is written for every engine: no lookaround, no escapes of one language', async (t) => {
  t.notMatch((EmailAddress as { pattern?: string }).pattern ?? '\\p', /\(\?[=!<]|\\[upx]/)
})

t.test('a sender may have a name before the address', async (t) => {
  const mailbox = new RegExp(mailboxPattern, 'u')
  const right = ['a@b.example', 'Acme, Inc. <a@b.example>', '"Acme, Inc." <a@b.example>', '<a@b.example>']
  for (const text of right) t.ok(mailbox.test(text), text)
  const wrong = [
    '',
    'Acme',
    'a@b.example, c@d.example',
    'Acme <a@b.example',
    'Acme <a,b@c.example>',
    'a\n<a@b.example>'
  ]
  for (const text of wrong) t.notOk(mailbox.test(text), text)
})
