#!/usr/bin/env bash
# nodemailer 10.6.1: two addresses in the field `address` are one mailbox that nobody has, and no error.
#
# As a text `a@x, b@y` is a list and both get the mail. In an object { name, address } one guesses that it is a list as
# well, or refused. Everything before the last @ becomes a local part in quotes: "john@example.com, eve"@example.com is
# valid, and the mail is accepted by a relay and bounces hours later, or lands in a catch-all. A semicolon does the
# same.
#
# The product hands over objects, so that no text is read as a list, and refuses what is no single address before that
# (services/notification/src/delivery/mailbox.ts; packages/contracts/src/email-address.ts; a wrong one from before is
# parked).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages nodemailer@10.6.1
cat >seen.mjs <<'END'
import nodemailer from 'nodemailer'
const transport = nodemailer.createTransport({ streamTransport: true, buffer: true })
const two = 'john@example.com, eve@example.org'
for (const to of [two, { name: '', address: two }, { name: '', address: two.replace(',', ';') }]) {
  const { envelope } = await transport.sendMail({ from: 'a@example.com', to, text: 'x' })
  console.log(JSON.stringify(to), '→', JSON.stringify(envelope.to))
}
END
expect node seen.mjs <<'END'
"john@example.com, eve@example.org" → ["john@example.com","eve@example.org"]
{"name":"","address":"john@example.com, eve@example.org"} → ["\"john@example.com, eve\"@example.org"]
{"name":"","address":"john@example.com; eve@example.org"} → ["\"john@example.com; eve\"@example.org"]
END
