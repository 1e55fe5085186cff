import { runServiceProcess } from '@dueline/service'
import { buildNotification, migrations, schema } from './app.ts'
import { configSchema } from './config.ts'

await runServiceProcess(process, configSchema, { name: 'notification', schema, migrations, build: buildNotification })
