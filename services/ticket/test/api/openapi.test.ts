import t from 'tap'
import { startTicket } from './harness.ts'

void t.test('the document describes what stands in a line of an import', async (t) => {
  const service = await startTicket(t)
  const document: any = (await service.http.inject('/openapi.json')).json()
  const body = document.paths['/v1/ticket-imports'].post.requestBody.content
  t.same(Object.keys(body), ['application/x-ndjson'])
  t.same(body['application/x-ndjson'].schema['x-line'], { $ref: '#/components/schemas/ImportLine' })
  t.ok(document.components.schemas.ImportLine.properties.facts)
})
