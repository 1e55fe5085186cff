import { createSchemas } from '@dueline/postgres'
import { createLogger, loadConfigOrExit } from '@dueline/runtime'
import { runMain, whenAvailable } from '@dueline/service'
import { ConfigSchema, rolesOf } from './config.ts'

const name = 'postgres-roles'
const config = loadConfigOrExit(ConfigSchema, process, { name })

await runMain({ process, name, logger: createLogger({ service: name }) }, async (main) => {
  const { owner, roles } = rolesOf(config)
  await whenAvailable(
    main,
    'ADMIN_DATABASE_URL',
    async () => await createSchemas({ adminUrl: config.ADMIN_DATABASE_URL, owner, roles })
  )
  process.stdout.write(`${name}: ${roles.length} schemas of ${owner.role}, each with a role of its own\n`)
  process.exit(0)
})
