import { runServiceProcess } from '@dueline/service'
import { buildClock, migrations, schema } from './app.ts'
import { configSchema } from './config.ts'

await runServiceProcess(process, configSchema, { name: 'clock', schema, migrations, build: buildClock })
