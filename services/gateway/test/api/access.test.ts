import { readFileSync } from 'node:fs'
import { roles } from '@dueline/contracts'
import type { OpenApiDocument } from '@dueline/http'
import { documentedAccess } from '@dueline/testkit'
import t from 'tap'
import { gateway, issuer } from './running-gateway.ts'

t.test('every operation of every service lets in exactly the roles that docs/access.md names', async (t) => {
  const document = JSON.parse(readFileSync('openapi/gateway.json', 'utf8')) as OpenApiDocument
  const services = [...new Set(Object.values(document.paths).map((item) => String(item['x-service'])))]
  const nowhere = Object.fromEntries(services.map((service) => [service, 'http://127.0.0.1:9']))
  const { url } = await gateway(t, nowhere, {}, document)
  const cells = services.flatMap((service) => [...documentedAccess(service)])
  t.ok(cells.length > 90, `${cells.length} operations`)
  for (const role of roles) {
    const headers = { ...await issuer.bearer({ tenant: 'access', roles: [role] }), 'content-type': 'application/json' }
    for (const [request, allowed] of cells) {
      const [method = '', path = ''] = request.split(' ')
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }
      const { status } = await fetch(`${url}${path.replace(/\{\w+\}/g, 'x')}`, { method, headers, ...body })
      // nobody is behind it: whoever is let in hears that the service is not there
      if (status !== (allowed.includes(role) ? 503 : 403)) t.fail(`${request} as ${role}: ${status}`)
    }
  }
})
