// What `mail-backlog` sends to: an SMTP server that reads each mail and counts what arrived, by the sender's domain.
import { smtpSink } from '@dueline/testkit'

const { url, mails } = await smtpSink({ teardown: () => {} })
process.on('message', () => {
  const ids = new Map<string, string[]>()
  for (const { from, mail } of mails.all) {
    const domain = from.slice(from.lastIndexOf('@') + 1)
    const known = ids.get(domain)
    if (known === undefined) ids.set(domain, [mail.messageId ?? ''])
    else known.push(mail.messageId ?? '')
  }
  process.send?.(
    Object.fromEntries([...ids].map(([domain, all]) => [domain, { mails: all.length, distinct: new Set(all).size }]))
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ url })
