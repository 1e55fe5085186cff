// The mail catcher as a process of its own, for who tries Dueline without a mail server. It delivers nothing and asks
// nobody who they are, so it has no place in production: there, SMTP_URL is that of a real server.
import { createLogger, loadConfigOrExit } from '@dueline/runtime'
import { runMain } from '@dueline/service'
import { Type } from 'typebox'
import { startMailCatcher } from './mail-catcher.ts'
import { startMailPage } from './mail-page.ts'

const name = 'mail-catcher'
const ConfigSchema = Type.Object({
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ default: 1080, minimum: 0, maximum: 65_535, description: 'Of the page that shows the mails' }),
  SMTP_PORT: Type.Integer({ default: 1025, minimum: 0, maximum: 65_535 }),
  MAIL_FOLDER: Type.String({ minLength: 1, description: 'Where the mails are stored, a file each' })
})

const config = loadConfigOrExit(ConfigSchema, process, { name })
const logger = createLogger({ service: name })

await runMain({ process, name, logger }, async ({ stops }) => {
  const { HOST: host, PORT: port, SMTP_PORT: smtpPort, MAIL_FOLDER: folder } = config
  const catcher = await startMailCatcher({ folder, host, port: smtpPort })
  stops.push(() => catcher.stop())
  const page = await startMailPage({ catcher, host, port })
  stops.push(() => page.stop())
  logger.info({ page: page.url, smtpPort: catcher.port }, 'listening')
})
