import { runServiceProcess } from '@dueline/service'
import { buildDirectory, ConfigSchema, migrations, schema } from './app.ts'

await runServiceProcess(process, ConfigSchema, { name: 'directory', schema, migrations, build: buildDirectory })
