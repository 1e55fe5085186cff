import { runServiceProcess } from '@dueline/service'
import { buildClock, migrations, schema } from './app.ts'
import { ConfigSchema } from './config.ts'

await runServiceProcess(process, ConfigSchema, { name: 'clock', schema, migrations, build: buildClock })
