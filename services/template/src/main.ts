import { runServiceProcess } from '@dueline/service'
import { buildTemplate, ConfigSchema, migrations, schema } from './app.ts'

await runServiceProcess(process, ConfigSchema, { name: 'template', schema, migrations, build: buildTemplate })
