import type { Role } from '@dueline/contracts'
import type { OpenApiDocument, Service } from '@dueline/http'
import type { TestIssuer } from '../issuer.ts'
import { answerChecker, exampleFaults } from './answers.ts'
import { createAsker, type AnyRequest, type Asker } from './asker.ts'
import { ifMatchOf, senderOf, type Subject } from './asking.ts'
import { checks, type CheckName } from './checks.ts'
import { codesOfTransport, operationsOf, type DocumentedOperation } from './document.ts'
import { methodFaults } from './methods.ts'
import type { Samples, SampleWorld, ServiceName } from './samples.ts'
import type { SwitchedDatabase } from './switched-database.ts'

/** The part of a tap test that the suite uses. */
export interface SuiteTest {
  test(name: string, body: (t: SuiteTest) => Promise<void>): PromiseLike<unknown>
  same(found: unknown, wanted: unknown, message: string): boolean
}

export interface ConformanceOptions<S extends ServiceName> {
  /** The service, ready to be asked; its loops need not run. */
  http: Service['http']
  issuer: TestIssuer
  samples: Samples<S>
  /** That of the service. */
  database: Pick<SwitchedDatabase, 'with'>
}

/** A sample of any operation, once its types are checked. */
interface AnySample {
  request(world: AnyWorld): AnyRequest | Promise<AnyRequest>
  answers?: Readonly<Record<string, (world: AnyWorld) => AnyRequest | Promise<AnyRequest>>>
  notFor?: readonly Role[]
  withoutDatabase?: true
  endless?: true
}
type AnyWorld = Omit<SampleWorld<never>, 'make'> & {
  make(id: string, change?: object, path?: Readonly<Record<string, string>>): Promise<never>
}

/**
 * Proves that every operation of a service does what its document says, through injected requests: one test per
 * operation, and one for all of them. Everything that an operation documents must have been answered once and nothing
 * else, each body by its schema. With `only` it makes but those checks of each operation.
 */
export async function operationConformance<S extends ServiceName> (
  t: SuiteTest,
  { http, issuer, samples, database }: ConformanceOptions<S>,
  only?: readonly CheckName[]
): Promise<void> {
  await http.ready()
  const document = JSON.parse(JSON.stringify(http.swagger())) as OpenApiDocument
  const operations = operationsOf(document)
  const ofOperation = samples as unknown as Readonly<Record<string, AnySample>>
  const checker = answerChecker(document)
  const asker = createAsker(http, issuer, checker)

  await t.test('every operation has a sample, every example fits its schema', async (t) => {
    t.same(operations.map(({ id }) => id).sort(), Object.keys(samples).sort(), 'samples')
    t.same(exampleFaults(document).faults, [], 'examples')
  })
  await t.test('every address says which methods it takes', async (t) => {
    t.same(await methodFaults(http, operations), [], 'Allow')
  })
  await t.test('without its database it is not ready, and lives', async (t) => {
    const states = await database.with(
      'away',
      async () =>
        await Promise.all(['ready', 'live'].map(async (kind) => (await http.inject(`/health/${kind}`)).statusCode))
    )
    t.same(states, [503, 200], 'ready, live')
  })
  const worldIn = worldsOf(operations, ofOperation, asker)
  for (const operation of operations) {
    const sample = ofOperation[operation.id]
    if (sample === undefined) continue
    await t.test(`${operation.id}: ${operation.method} ${operation.path}`, async (t) => {
      const subject = subjectOf(operation, operations, sample, asker, worldIn, database)
      for (const name of only ?? Object.keys(checks) as CheckName[]) {
        t.same([...await checks[name](subject), ...asker.faults(operation)], [], name)
      }
      if (only !== undefined) return
      t.same(missing(operation, asker, sample), [], 'everything that is documented was answered')
      t.same(checker.unseenHeaders(operation), [], 'with every header that is documented')
    })
  }
}

function subjectOf (
  operation: DocumentedOperation,
  operations: readonly DocumentedOperation[],
  sample: AnySample,
  asker: Asker,
  worldIn: (tenant: string) => AnyWorld,
  database: Pick<SwitchedDatabase, 'with'>
): Subject {
  const tenant = operation.id.toLowerCase()
  const world = worldIn(tenant)
  const answers = Object.entries(sample.answers ?? {}).map(([answer, request]) => {
    const own = worldIn(`${tenant}-${answer.replaceAll('_', '-')}`)
    return [answer, { tenant: own.tenant, request: async () => await request(own) }] as const
  })
  return {
    operation,
    reader: readerOf(operation, operations),
    asker,
    tenant,
    otherTenant: `not-${tenant}`,
    right: async () => await sample.request(world),
    answers: Object.fromEntries(answers),
    notFor: sample.notFor ?? [],
    withoutDatabase: sample.withoutDatabase === true,
    endless: sample.endless === true,
    withDatabase: database.with
  }
}

/** What reads at the path of an operation, else at the one above it: what `POST /things/{id}/import` changes. */
function readerOf (
  { path }: DocumentedOperation,
  operations: readonly DocumentedOperation[]
): DocumentedOperation | undefined {
  const at = (where: string) => operations.find((each) => each.method === 'GET' && each.path === where)
  return at(path) ?? (path.endsWith('}') ? undefined : at(path.slice(0, path.lastIndexOf('/'))))
}

/** What the operation documents and has not answered. */
function missing ({ statuses, codes, ...operation }: DocumentedOperation, asker: Asker, sample: AnySample): string[] {
  const answered = asker.answered({ statuses, codes, ...operation })
  const unasked = [
    ...codesOfTransport,
    ...(sample.endless === true ? operation.successes : []),
    ...(sample.withoutDatabase === true ? ['unavailable', 'internal_error'] : [])
  ]
  return [...codes, ...statuses.filter((status) => status < '400')]
    .filter((answer) => !answered.has(answer) && !unasked.includes(answer))
}

/** Worlds whose `make` sends the samples of other operations. */
function worldsOf (
  operations: readonly DocumentedOperation[],
  samples: Readonly<Record<string, AnySample>>,
  asker: Asker
): (tenant: string) => AnyWorld {
  let count = 0
  return function worldIn (tenant): AnyWorld {
    const world: AnyWorld = {
      tenant,
      unique: (text) => `${text} ${++count}`,
      async make (id, change = {}, path = {}) {
        const operation = operations.find((each) => each.id === id)
        const sample = samples[id]
        if (operation === undefined || sample === undefined) throw new Error(`there is no operation ${id}`)
        const request = await sample.request(world)
        const { body: right } = request
        const body = right === undefined || typeof right === 'string' ? right : { ...right, ...change }
        const sent = { ...request, body, path: { ...request.path, ...path } }
        const options = { tenant, ...senderOf(operation, request) }
        const reader = readerOf(operation, operations)
        const headers = operation.takes.ifMatch ? await ifMatchOf(reader, sent, asker, tenant) : {}
        const answer = await asker.ask(operation, sent, { ...options, headers })
        if (answer.status >= 300) throw new Error(`${id} could not be made: ${answer.status} ${answer.text}`)
        return answer.body as never
      }
    }
    return world
  }
}
