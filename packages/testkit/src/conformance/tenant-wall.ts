// The second wall by itself: requests whose statements lost their filters by tenant are still answered rightly.
import { isDeepStrictEqual } from 'node:util'
import pg from 'pg'
import type { Test } from 'tap'
import { asOwner, type TestContext, type TestDatabase } from '../test-database.ts'
import type { CheckName } from './checks.ts'
import { operationConformance, type ConformanceOptions, type SuiteTest } from './operation-conformance.ts'
import type { ServiceName } from './samples.ts'

/** A service of which the wall is proved, in a database of its own. */
export type WalledService<S extends ServiceName> = ConformanceOptions<S> & {
  on: Pick<TestDatabase, 'name' | 'database'>
}

/** Those that reach a statement by which a tenant could be distinguished. */
const tenantChecks: readonly CheckName[] = ['answers rightly', 'separates tenants', 'repeats once', 'knows versions']

type Connected = pg.Client & { connectionParameters: { options: string } }
type Config = pg.QueryConfig & { submit?: unknown }

/** Where a statement compares a tenant with that of a parameter. */
const filter = /(?:"?\w+"?\.)?"?\btenant_id"? = (?:(\$\d+)(?:::text)?|any\((\$\d+)(?:::text\[\])?\))/g
/** Keys of rows that come as arrays of tenants and of the rest: `(tenant_id, id) in (select * from unnest($1, $2))`. */
const membership = /\((\w+\.)?tenant_id, ([\w., ]+)\) in \(select \* from unnest\((\$\d+)::text\[\], ([^)]+)\)\)/g
/** The same as a table: `unnest($1, $2) as k(tenant_id, id)`. */
const keys =
  /(?:\(select distinct \* from )?\bunnest\((\$\d+::text\[\]), ([^)]+)\)\)?\s+as (\w+)\(tenant_id, ([\w, ]+)\)/g
/** What is added has the tenant that it is given. */
const insertion = /\binsert into\b/
const tenantOfRequest = /app\.tenant = '([^']+)'/

/**
 * Declares two tests: without the filters by tenant in the statements of a service's requests nobody sees what is
 * another tenant's, and without policies they would.
 */
export function tenantWall<S extends ServiceName> (
  t: Test,
  start: (t: TestContext) => Promise<WalledService<S>>
): void {
  t.test('without the filters by tenant in its statements, every operation does what its document says', async (t) => {
    const { faults, stripped, unchanged } = await faultsOf(t, await start(t))
    t.same(faults, [])
    t.same(unchanged, [], 'every filter is taken away')
    t.ok(stripped > 100, `${stripped} statements were stripped`)
  })
  t.test('the counter-test: when policies let everything pass, other tenants see what is not theirs', async (t) => {
    const service = await start(t)
    await asOwner(
      service.on.database,
      `do $$ declare each record; begin
        for each in select tablename from pg_policies
          where schemaname = current_schema and policyname = 'own_tenant'
        loop execute format('alter policy own_tenant on %I using (true)', each.tablename); end loop; end $$`
    )
    const { faults } = await faultsOf(t, service, ['separates tenants'])
    t.match(faults.join('\n'), /another tenant/)
  })
}

async function faultsOf<S extends ServiceName> (
  t: TestContext,
  { on, ...options }: WalledService<S>,
  only: readonly CheckName[] = tenantChecks
) {
  const seen = stripFilters(t, on.name)
  const faults: string[] = []
  await operationConformance(noting(faults), options, only)
  return { faults, ...seen, unchanged: [...seen.unchanged] }
}

/** Takes the filters by tenant away from all that the role of requests sends to a database, until the test ends. */
function stripFilters (t: TestContext, database: string) {
  const seen = { stripped: 0, unchanged: new Set<string>() }
  const tenants = new Set<string>()
  const { prototype } = pg.Client
  const { query } = prototype
  function strip (text: string): string {
    const [, tenant] = tenantOfRequest.exec(text) ?? []
    if (tenant !== undefined) tenants.add(tenant)
    if (insertion.test(text)) return text
    const stripped = withoutFilters(text, [...tenants])
    if (stripped !== text) seen.stripped += 1
    else if (/\btenant_id\b.*(?:=|\bin\b|\busing\b)/.test(text.replace(/\s+/g, ' '))) seen.unchanged.add(text)
    return stripped
  }
  prototype.query = function (this: Connected, asked: unknown, ...rest: unknown[]) {
    const isRequest = this.database === database && / role=/.test(this.connectionParameters.options)
    const sent = !isRequest ? asked : typeof asked === 'string' ? strip(asked) : stripConfig(asked as Config, strip)
    return Reflect.apply(query, this, [sent, ...rest]) as unknown
  } as typeof query
  t.teardown(() => {
    prototype.query = query
  })
  return seen
}

/** The statement that asks for rows of any of `tenants`. A parameter stays in use, or it would have no type. */
function withoutFilters (text: string, tenants: readonly string[]): string {
  const any = `unnest('{${tenants.join()}}'::text[]) as any_tenant(tenant_id)`
  return text
    .replace(
      filter,
      (_, one?: string, many?: string) => one ? `${one}::text is not null` : `${many}::text[] is not null`
    )
    .replace(membership, '($3::text[] is not null and ($2) in (select * from unnest($4)))')
    .replace(
      keys,
      (_, own: string, rest: string, name: string, columns: string) =>
        `(select any_tenant.tenant_id, ${columns} from unnest(${own}, ${rest}) as own(own_tenant, ${columns}), ${any})
        as ${name}(tenant_id, ${columns})`
    )
}

function stripConfig (config: Config, strip: (text: string) => string): Config {
  if (config.submit !== undefined) return config
  // a name stands for one text
  const { name: _name, ...unnamed } = config
  return { ...unnamed, text: strip(config.text) }
}

/** A test that only notes what does not hold. */
function noting (faults: string[]): SuiteTest {
  return {
    test: async (name, body) => {
      await body(noting(faults)).catch((error: unknown) => faults.push(`${name}: ${String(error)}`))
    },
    same (found, wanted, message) {
      const holds = isDeepStrictEqual(found, wanted)
      if (!holds) faults.push(`${message}: ${JSON.stringify(found)}`)
      return holds
    }
  }
}
