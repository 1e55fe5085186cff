import helmet from '@fastify/helmet'
import swaggerUi from '@fastify/swagger-ui'
import { eventSchemaDocument, eventTypes } from '@dueline/contracts'
import { fixedText, problemTypeBase, type App, type OpenApiDocument } from '@dueline/http'

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

const json = 'application/json; charset=utf-8'

/**
 * `/asyncapi.json`, what each problem is (its `type`), the schema of each event (its `$id`), the reference page at
 * `/docs`, and `/` that leads there. `/openapi.json` is the factory's.
 */
export function registerDocuments (app: App, document: OpenApiDocument, asyncapi: object): void {
  const hidden = { schema: { hide: true } }
  app.get('/asyncapi.json', hidden, fixedText(() => JSON.stringify(asyncapi), json))
  for (const [code, about] of Object.entries(document['x-problems'] ?? {})) {
    app.get(`${problemTypeBase}/${code}`, hidden, fixedText(() => JSON.stringify({ code, ...about as object }), json))
  }
  for (const type of eventTypes) {
    const text = (): string => JSON.stringify(eventSchemaDocument(type))
    app.get(`/events/${type}.schema.json`, hidden, fixedText(text, 'application/schema+json'))
  }
  app.get('/', { schema: { hide: true } }, async (_request, reply) => await reply.redirect('/docs/', 302))
  app.register(async (scope) => await registerReferencePage(scope as unknown as App, document))
}
