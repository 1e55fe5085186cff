import { runServiceProcess } from '@dueline/service'
import { buildNotification, migrations, schema } from './app.ts'
import { ConfigSchema } from './config.ts'

await runServiceProcess(process, ConfigSchema, { name: 'notification', schema, migrations, build: buildNotification })
