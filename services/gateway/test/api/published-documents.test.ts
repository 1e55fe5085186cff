import { readFileSync } from 'node:fs'
import type { OpenApiDocument } from '@dueline/http'
import { createLogger, createMetrics, systemClock, systemIds } from '@dueline/runtime'
import t from 'tap'
import { buildGateway, routeTable, type GatewayConfig } from '../../src/app.ts'
import { document, gateway, issuer } from './running-gateway.ts'

t.test('documents, the reference page, health, and the operations port', async (t) => {
  const { url, running, operations } = await gateway(t, {})
  t.same(await (await fetch(`${url}/openapi.json`)).json(), document)
  t.same(await (await fetch(`${url}/asyncapi.json`)).json(), { asyncapi: '3.0.0' })
  t.same(await (await fetch(`${url}/docs/json`)).json(), document)
  const home = await fetch(url, { redirect: 'manual' })
  t.match([home.status, home.headers.get('location')], [302, '/docs/'])
  const page = await fetch(`${url}/docs/`)
  const html = await page.text()
  t.match(html, 'Dueline API')
  t.match(page.headers.get('content-security-policy'), "script-src 'self';")
  t.notMatch(html, /<script(?![^>]*\ssrc=)/, 'no inline script, which the policy would stop')
  t.notMatch(html, /(src|href)="https?:/, 'nothing from other hosts')
  for (const [, path] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
    t.equal((await fetch(new URL(path!, `${url}/docs/`))).status, 200, path!)
  }
  t.equal((await fetch(`${url}/health/ready`)).status, 200)
  t.equal((await fetch(`${url}/metrics`)).status, 404, 'not on the port of callers')
  const metrics = await (await fetch(`${operations.url()}/metrics`)).text()
  t.match(metrics, 'dueline_http_request_duration_seconds')
  t.equal((await fetch(`${operations.url()}/health/live`)).status, 200)
  const before = operations.url()!
  await running.stop(100)
  await t.rejects(fetch(`${before}/health/live`))
})

t.test('a service that the document names needs an address', async (t) => {
  t.throws(
    () =>
      buildGateway({
        config: { CORS_ORIGINS: [], TRUST_PROXY: [] } as unknown as GatewayConfig,
        logger: createLogger({ service: 'g', level: 'silent' }),
        metrics: createMetrics('g'),
        clock: systemClock,
        ids: systemIds,
        auth: issuer.auth,
        upstreams: {},
        document,
        asyncapi: {}
      }),
    /ticket/
  )
})

t.test('the published document: every operation is routed, and asks for a token unless it is public', async (t) => {
  const published = JSON.parse(
    readFileSync(new URL('../../../../openapi/gateway.json', import.meta.url), 'utf8')
  ) as OpenApiDocument
  const routes = routeTable(published)
  t.ok(routes.length > 50)
  t.equal(routes.find(({ operationId }) => operationId === 'streamEvents')?.kind, 'stream')
  const services = [...new Set(routes.map(({ service }) => service))]
  const { url } = await gateway(
    t,
    Object.fromEntries(services.map((service) => [service, 'http://127.0.0.1:9'])),
    {},
    published
  )
  for (const { method, url: path, roles } of routes) {
    const { status } = await fetch(`${url}${path.replace(/:\w+/g, 'x')}`, {
      method,
      ...(method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json' } })
    })
    if (status !== (roles === 'public' ? 503 : 401)) t.fail(`${method} ${path} answers ${status}`)
  }
})
