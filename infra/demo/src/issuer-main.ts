// The embedded stack's token issuer as a process of its own, for demonstrations and tests of a deployment. It makes
// a token of any kind for whoever can run it, so it has no place in production: there, AUTH_JWKS_URL is that of a real
// issuer.
import { createServer } from 'node:http'
import { createLogger, loadConfigOrExit, systemClock } from '@dueline/runtime'
import { runMain } from '@dueline/service'
import { Type } from 'typebox'
import { demoAdmin } from './cast.ts'
import { loadIssuer } from './issuer.ts'

const name = 'dev-issuer'
const tokenLifetimeSeconds = 86_400
const ConfigSchema = Type.Object({
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ default: 8090, minimum: 0, maximum: 65_535 }),
  ISSUER_FOLDER: Type.String({ minLength: 1, description: 'Where the signing key is stored' })
})

const options = { '--token': 'print a token of an admin, and end' }
const config = loadConfigOrExit(ConfigSchema, process, { name, options })
const logger = createLogger({ service: name })

await runMain({ process, name, logger }, async ({ stops }) => {
  const issuer = await loadIssuer(config.ISSUER_FOLDER, systemClock)
  // The one way to a token: on the command line, where the key is. Nothing that listens gives any.
  if (process.argv.includes('--token')) {
    process.stdout.write(`${await issuer.token(demoAdmin, tokenLifetimeSeconds)}\n`)
    process.exit(0)
  }
  const server = createServer((request, response) => {
    if (request.url === '/.well-known/jwks.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(issuer.jwks))
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.PORT, config.HOST, resolve)
  })
  stops.push(async () =>
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  )
  logger.info({ issuer: issuer.issuer, address: server.address() }, 'listening')
})
