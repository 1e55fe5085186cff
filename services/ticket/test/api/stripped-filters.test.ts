// The second wall by itself: requests whose statements lost their filters by tenant are still answered rightly.
import { asOwner, operationConformance, type SuiteTest, type TestContext } from '@dueline/testkit'
import { isDeepStrictEqual } from 'node:util'
import pg from 'pg'
import t from 'tap'
import { startTicket } from './harness.ts'
import { samples } from './samples.ts'

type Connected = pg.Client & { connectionParameters: { options: string } }
type Config = pg.QueryConfig & { submit?: unknown }

const filter = /(?:"?\w+"?\.)?"?\btenant_id"? = (\$\d+)(?:::text)?/g

/** Takes the filters by tenant away from all that the role of requests sends to a database, until the test ends. */
function stripFilters (t: TestContext, database: string) {
  const seen = { stripped: 0 }
  const { prototype } = pg.Client
  const { query } = prototype
  function strip (text: string): string {
    // the parameter stays in use, or it would have no type
    const stripped = /^\s*insert/i.test(text) ? text : text.replace(filter, '$1::text is not null')
    if (stripped !== text) seen.stripped += 1
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

function stripConfig (config: Config, strip: (text: string) => string): Config {
  return config.submit === undefined ? { ...config, text: strip(config.text) } : config
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

async function faultsOf (t: TestContext, prepare?: string): Promise<{ faults: string[], stripped: number }> {
  const service = await startTicket(t)
  const { http, issuer, switched, database, name } = service
  if (prepare !== undefined) await asOwner(database, prepare)
  const seen = stripFilters(t, name)
  const faults: string[] = []
  await operationConformance(noting(faults), { http, issuer, samples: samples(service), database: switched })
  return { faults, stripped: seen.stripped }
}

t.test('without the filters by tenant in its statements, every operation does what its document says', async (t) => {
  const { faults, stripped } = await faultsOf(t)
  t.same(faults, [])
  t.ok(stripped > 100, `${stripped} statements were stripped`)
})

t.test('the counter-test: when policies let everything pass, other tenants see what is not theirs', async (t) => {
  const { faults } = await faultsOf(
    t,
    `do $$ declare each record; begin
      for each in select tablename from pg_policies where schemaname = 'ticket' and policyname = 'own_tenant'
      loop execute format('alter policy own_tenant on %I using (true)', each.tablename); end loop; end $$`
  )
  t.match(faults.join('\n'), /another tenant gets /)
})
