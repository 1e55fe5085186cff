#!/usr/bin/env bash
# ajv-formats 3.0.1, typebox 1.4.3, smtp-server 3.21.6: which of `a@b`, "john doe"@example.com and
# "doe,john"@example.com are addresses?
#
# `format: email` is taken to mean one thing in JSON Schema, and a mail server to take all that RFC 5321 allows, quoted
# local parts whole or not at all. ajv refuses a host without a dot and every quote; TypeBox, under the same name, takes
# all three. The SMTP server takes a quoted comma, and refuses a quoted space or @ as bad syntax: a message accepted by
# one part of a system bounces at the next.
#
# The product has one pattern for addresses and a check of hosts and lengths beside it
# (packages/contracts/src/email-address.ts); what a server refuses is kept with its words
# (services/notification/src/delivery/mail-channel.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages ajv@8.20.0 ajv-formats@3.0.1 typebox@1.4.3 smtp-server@3.21.6
cat >seen.mjs <<'END'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { SMTPServer } from 'smtp-server'
import { Format } from 'typebox/format'
const ajv = new Ajv()
formats.default(ajv)
const check = ajv.compile({ type: 'string', format: 'email' })
const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], hideENHANCEDSTATUSCODES: true })
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const socket = connect(server.server.address().port, '127.0.0.1')
const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
async function say (line) {
  if (line !== undefined) socket.write(`${line}\r\n`)
  for (;;) {
    const { value } = await lines.next()
    if (value[3] === ' ') return value
  }
}
await say()
await say('EHLO x')
await say('MAIL FROM:<a@example.com>')
for (const address of [
  'john@example.com',
  'a@b',
  '"x"@example.com',
  '"doe,john"@example.com',
  '"john doe"@example.com',
  '"a@b"@example.com'
]) {
  const answer = await say(`RCPT TO:<${address}>`)
  console.log(`${address}: ajv ${check(address)}, TypeBox ${Format.IsEmail(address)}, SMTP ${answer}`)
}
socket.destroy()
server.close()
END
expect node seen.mjs <<'END'
john@example.com: ajv true, TypeBox true, SMTP 250 Accepted
a@b: ajv false, TypeBox true, SMTP 250 Accepted
"x"@example.com: ajv false, TypeBox true, SMTP 250 Accepted
"doe,john"@example.com: ajv false, TypeBox true, SMTP 250 Accepted
"john doe"@example.com: ajv false, TypeBox true, SMTP 501 Error: Bad recipient address syntax
"a@b"@example.com: ajv false, TypeBox true, SMTP 501 Error: Bad recipient address syntax
END
