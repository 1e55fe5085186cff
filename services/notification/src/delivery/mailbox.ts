import { cleanLine } from '@dueline/contracts'

/** A mailbox as the mail library is to be given one: a text would be read as a list of addresses. */
export interface Mailbox {
  name: string
  address: string
}

/** Reads `Name <name@host>`, `"Name, Inc." <name@host>` or an address alone, as `mailboxPattern` wants them. */
export function parseMailbox (text: string): Mailbox {
  const [, name = '', address = text] = /^([^<]*)<(.*)>$/.exec(text.trim()) ?? []
  return { name: cleanLine(name.replace(/^\s*"(.*)"\s*$/, '$1').replace(/\\(.)/g, '$1'), 200), address: address.trim() }
}
