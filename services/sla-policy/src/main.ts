import { runServiceProcess } from '@dueline/service'
import { buildSlaPolicy, ConfigSchema, migrations, schema } from './app.ts'

await runServiceProcess(process, ConfigSchema, { name: 'sla-policy', schema, migrations, build: buildSlaPolicy })
