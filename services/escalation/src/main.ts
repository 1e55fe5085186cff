import { runServiceProcess } from '@dueline/service'
import { buildEscalation, ConfigSchema, migrations, schema } from './app.ts'

await runServiceProcess(process, ConfigSchema, { name: 'escalation', schema, migrations, build: buildEscalation })
