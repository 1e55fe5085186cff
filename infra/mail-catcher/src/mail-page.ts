import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CaughtMail, MailCatcher } from './mail-catcher.ts'

export interface MailPage {
  url: string
  stop(): Promise<void>
}

/**
 * A page, on loopback unless `host` says otherwise, that shows what the mail catcher holds: `/` the list, `/<file>` one
 * mail, `/mails.json` all of them for programs. Mail bodies are shown in a sandboxed frame: they may hold anything.
 */
export async function startMailPage (
  { catcher, host = '127.0.0.1', port }: { catcher: MailCatcher, host?: string, port: number }
): Promise<MailPage> {
  const server = createServer((request, response) => {
    answer(catcher, decodeURIComponent((request.url ?? '/').slice(1)), response).catch((error: Error) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(error.message)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

async function answer (catcher: MailCatcher, path: string, response: ServerResponse): Promise<void> {
  const mails = await catcher.list()
  if (path === 'mails.json') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(mails))
    return
  }
  const html = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self' data:"
  }
  if (path === '') {
    response.writeHead(200, html).end(page('Mail', `<table>${mails.reverse().map(row).join('')}</table>`))
    return
  }
  const mail = mails.find((each) => each.file === path)
  if (mail === undefined) response.writeHead(404, { 'content-type': 'text/plain' }).end('no such mail')
  else {
    const head = `<p>${escape(mail.from)} → ${escape(mail.to.join(', '))}, ${escape(mail.date)}</p>`
    response.writeHead(200, html).end(page(mail.subject, head + body(mail)))
  }
}

function row (mail: CaughtMail): string {
  const link = `<a dir="auto" href="/${encodeURIComponent(mail.file)}">${escape(mail.subject)}</a>`
  return `<tr><td>${escape(mail.date)}</td><td>${escape(mail.to.join(', '))}</td><td>${link}</td></tr>`
}

function body (mail: CaughtMail): string {
  if (mail.html === '') return `<pre dir="auto">${escape(mail.text)}</pre>`
  return `<iframe sandbox width="100%" height="600" srcdoc="${escape(mail.html)}"></iframe>`
}

function page (title: string, content: string): string {
  return `<!doctype html><meta charset="utf-8"><title>${escape(title)}</title>` +
    '<style>body{font:16px system-ui;margin:2rem}td{padding:.2rem 1rem .2rem 0}</style>' +
    `<h1 dir="auto">${escape(title)}</h1>${content}`
}

function escape (text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
