import type { TestTicket } from './harness.ts'

/** A line of an import, of a caller without facts unless `fields` says more. */
export const line = (externalId: string, fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  externalId,
  subject: `Incident ${externalId}`,
  priority: 'P3',
  customer: { externalId: 'Caller 1', name: 'Caller One' },
  createdAt: '2016-02-29T01:16:00Z',
  facts: [],
  ...fields
})
/** Lines as the body of an import. */
export const ndjson = (...lines: unknown[]): string =>
  lines.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n') + '\n'
export const admin = { as: 'admin', headers: { 'content-type': 'application/x-ndjson' } } as const

/** Works off all imports, without the loop's waits. */
export async function finish (service: TestTicket, importId: string): Promise<any> {
  await service.importLoop.start()
  for (;;) {
    const { body } = await service.get(`/ticket-imports/${importId}`, { as: 'admin' })
    if (body.state === 'done') break
    await service.importLoop.passes.next()
  }
  await service.importLoop.stop()
  return (await service.get(`/ticket-imports/${importId}`, { as: 'admin' })).body
}

/** Imports lines and waits; answers how it and its lines ended. */
export async function importAll (
  service: TestTicket,
  ...lines: unknown[]
): Promise<{ body: any, done: any, lines: any[] }> {
  const { body } = await service.post('/ticket-imports', ndjson(...lines), admin)
  const done = await finish(service, body.importId)
  return {
    body,
    done,
    lines: (await service.get(`/ticket-imports/${body.importId}/lines?limit=200`, { as: 'admin' })).body.items
  }
}
