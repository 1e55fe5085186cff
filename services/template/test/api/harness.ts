import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Role } from '@dueline/contracts'
import { serviceHarness, type TestContext } from '@dueline/testkit'
import tap from 'tap'
import { buildTemplate, migrations, schema, type TemplateConfig } from '../../src/app.ts'

export const tenant = 'acme'
const personId = '01900000-0000-7000-8000-0000000000a1'
const csvType = 'text/csv'

/** A question that every tenant has whose name does not begin with `not-`. */
export const questionId = '01900000-0000-7000-8000-00000000d001'

/** A policy service that has that question. @returns its address */
async function policyService (t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    const [, payload = ''] = (request.headers.authorization ?? '').split('.')
    const { tenant = '' } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as { tenant?: string }
    const isThere = request.url === `/v1/questions/${questionId}` && !tenant.startsWith('not-')
    response.writeHead(isThere ? 200 : 404, { 'content-type': 'application/json' }).end(
      JSON.stringify({ id: questionId })
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** What a call is made as, and with. */
export interface Call {
  as?: Role | null
  tenant?: string
  body?: unknown
  ifMatch?: string
}

/** The request by which bytes are sent, as an upload answers it. */
export interface Signed {
  method: string
  url: string
  headers: Record<string, string>
}

/** The real service on a database and a folder of its own; nothing runs in the background. */
export async function startTemplate (t: TestContext, config: Partial<TemplateConfig> = {}) {
  const harness = await serviceHarness(t, {
    name: 'template',
    build: buildTemplate,
    schema,
    migrations,
    config: {
      DIRECTORY_TIMEOUT_MS: 2_000,
      SLA_POLICY_URL: await policyService(t),
      OBJECT_STORE: 'files',
      OBJECT_FOLDER: tap.testdir({}),
      OBJECT_URL: 'http://127.0.0.1:1',
      OBJECT_SIGNING_KEY: randomBytes(32).toString('base64'),
      S3_REGION: 'us-east-1',
      S3_PATH_STYLE: false,
      CLAMD_PORT: 3310,
      CONVERSION_TIMEOUT_MS: 30_000,
      CONVERSION_MEMORY_MB: 512,
      ...config
    } as TemplateConfig
  })
  const { service } = harness

  async function call (method: string, path: string, { as = 'sales', tenant: of = tenant, body, ifMatch }: Call = {}) {
    const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch }
    return await harness.call(method, path, {
      tenant: of,
      roles: as === null ? null : [as],
      person: personId,
      headers,
      body
    })
  }

  /** Sends bytes as somebody outside would. */
  async function send ({ method, url, headers }: Signed, bytes: Buffer) {
    const { pathname, search } = new URL(url)
    const answer = await service.http.inject({
      method: method as 'PUT',
      url: pathname + search,
      headers: { ...headers },
      payload: bytes
    })
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() }
  }

  /** Lets both loops do what there is to do. */
  async function work (): Promise<void> {
    for (const loop of [service.fileLoop, service.conversionLoop]) {
      const rest = loop.passes.next(({ outcome }) => outcome !== 'busy')
      await loop.start()
      await rest
      await loop.stop()
    }
  }

  /** A template with a file sent to it and finished; `work` has not been done. */
  async function uploaded (bytes: Buffer, contentType = csvType, { to, ...of }: Call & { to?: { id: string } } = {}) {
    const template = to ?? (await call('POST', '/templates', {
      ...of,
      body: { name: `Form ${randomBytes(6).toString('hex')}` }
    })).body
    const path = `/templates/${template.id}/uploads`
    const reserved = await call('POST', path, { ...of, body: said(bytes, contentType) })
    if (reserved.status !== 201) throw new Error(JSON.stringify(reserved.body))
    const sent = await send(reserved.body.upload, bytes)
    if (sent.status !== 204) throw new Error(JSON.stringify(sent.body))
    const finished = await call('POST', `${path}/${reserved.body.id}/finish`, of)
    return { template, path: `${path}/${reserved.body.id}`, signed: reserved.body.upload as Signed, finished }
  }

  /** What an uploaded file has become, when all is done. */
  async function converted (bytes: Buffer, contentType = csvType, to?: { id: string }) {
    const { path, template } = await uploaded(bytes, contentType, to === undefined ? {} : { to })
    await work()
    const { body: upload } = await call('GET', path)
    const version = upload.templateVersionId === null
      ? undefined
      : await call('GET', `/template-versions/${upload.templateVersionId}`)
    return { template, upload, version }
  }

  /** Publishes a version, `/template-versions/…`, as whoever has just read it. */
  async function publish (path: string, of: Call = {}) {
    const { etag } = await call('GET', path, of)
    return await call('POST', `${path}/publish`, { ...of, ifMatch: etag })
  }

  /** A published version of a new template. */
  async function published (questionnaire: object = form(), rules: object[] = [], of: Call = {}) {
    const { body: template } = await call('POST', '/templates', {
      ...of,
      body: { name: `Form ${randomBytes(6).toString('hex')}` }
    })
    const made = await call('POST', `/templates/${template.id}/versions`, { ...of, body: { questionnaire, rules } })
    const answer = await publish(`/template-versions/${made.body.id}`, of)
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
    return { template, version: answer.body }
  }

  return { ...harness, call, send, work, uploaded, converted, publish, published }
}

/** What is said beforehand of bytes. */
export function said (bytes: Buffer, contentType = csvType) {
  return {
    fileName: 'form.csv',
    contentType,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex')
  }
}

/** A questionnaire of two questions, the second only where the first is answered so. */
export function form (change: object = {}) {
  return {
    format: 'dueline.questionnaire.v1',
    name: 'outage',
    languages: [{ tag: 'en' }, { tag: 'ar' }],
    lists: {
      impact: [{ name: 'one', label: { en: 'Me', ar: 'أنا' } }, { name: 'all', label: { en: 'All', ar: 'الجميع' } }]
    },
    items: [
      { kind: 'one_of', name: 'impact', list: 'impact', label: { en: 'Who?', ar: 'من؟' }, required: true },
      { kind: 'integer', name: 'users', label: { en: 'How many?', ar: 'كم؟' }, relevant: 'impact == "all"', min: 1 }
    ],
    ...change
  }
}
