import { runServiceProcess } from '@dueline/service'
import { buildTicket, ConfigSchema, migrations, schema } from './app.ts'

await runServiceProcess(process, ConfigSchema, { name: 'ticket', schema, migrations, build: buildTicket })
