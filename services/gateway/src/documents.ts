import helmet from '@fastify/helmet'
import swaggerUi from '@fastify/swagger-ui'
import type { App, OpenApiDocument } from '@dueline/http'

/**
 * No other host is asked for anything, so the page works in a closed network. Styles are set inline by the page's
 * script.
 */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'style-src': ["'self'", "'unsafe-inline'"],
    'script-src': ["'self'"],
    'connect-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
    'form-action': ["'none'"]
  }
}

async function registerReferencePage (scope: App, document: OpenApiDocument): Promise<void> {
  scope.addHook('onRequest', async (_request, reply) => {
    // Made for data; a page has its own policy.
    reply.removeHeader('content-security-policy')
  })
  await scope.register(helmet, { contentSecurityPolicy })
  // Called as a function: it asks for a plugin registered under a name, and the document here is another one than the
  // app's own.
  const page = swaggerUi as unknown as (scope: App, options: object) => Promise<void>
  await page(scope, {
    routePrefix: '/docs',
    transformSpecification: () => document,
    transformSpecificationClone: false,
    uiConfig: {
      docExpansion: 'none',
      deepLinking: true,
      persistAuthorization: false,
      tryItOutEnabled: false,
      validatorUrl: null
    },
    theme: { title: 'Dueline API' }
  })
}

/** `/asyncapi.json`, the reference page at `/docs`, and `/` that leads there. `/openapi.json` is the factory's. */
export function registerDocuments (app: App, document: OpenApiDocument, asyncapi: object): void {
  const text = JSON.stringify(asyncapi)
  app.get(
    '/asyncapi.json',
    { schema: { hide: true } },
    async (_request, reply) => await reply.type('application/json; charset=utf-8').send(text)
  )
  app.get('/', { schema: { hide: true } }, async (_request, reply) => await reply.redirect('/docs/', 302))
  app.register(async (scope) => await registerReferencePage(scope as unknown as App, document))
}
