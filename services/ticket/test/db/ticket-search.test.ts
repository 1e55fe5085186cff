// Search for words: an owner's function finds by the index what a statement under the policy would read the tenant for.
import { requestRoleOf, type Database } from '@dueline/postgres'
import { asOwner, testDatabase, type TestContext } from '@dueline/testkit'
import { and, asc, eq, sql } from 'drizzle-orm'
import pg from 'pg'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'
import { ticket } from '../../src/store/tables.ts'
import { looksPerTicket } from '../../src/store/rare-tickets.ts'
import { listTickets, positionOf, ticketSorts, type TicketPosition } from '../../src/store/ticket-list.ts'
import { foundMax, searchedWords } from '../../src/store/ticket-words.ts'
import { spentBy } from './spent-by.ts'

/** 20,000 tickets, every tenth of globex: 1,000 of acme have `even`, 1,001 `more`, a few `rare`; one each a word. */
async function seeded (t: TestContext) {
  const made = await testDatabase(t, { schema, sources: migrations })
  await asOwner(
    made.database,
    `insert into ticket (tenant_id, id, number, subject, description, type, status, priority, severity, product_id,
        customer_id, assignee_id, team_id, tags, custom, channel, created_at, updated_at, reopen_count, version)
      select case when i % 10 = 0 then 'globex' else 'acme' end,
        ('01900000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'T-' || i,
        'Printer ' || case when i % 4000 = 7 then 'rare ' else '' end
          || case when i % 10 = 1 and i < 10001 then 'even ' else '' end
          || case when i % 10 = 1 and i < 10011 then 'more ' else '' end || 'word' || i
          || case when i % 10 = 0 then ' secret' || i / 5000 else '' end, '',
        'request', (array['new','open','resolved','closed'])[1 + i % 4], 'P' || i % 4, 'low',
        '01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002', null, null, '{}', '{}', 'api',
        timestamptz '2026-01-01' + i % 1000 * interval '1 minute',
        timestamptz '2026-01-01' + i * interval '7 minutes', 0, 1
      from generate_series(1, 20000) i`
  )
  await asOwner(made.database, 'vacuum analyze ticket, ticket_text')
  return made
}

/** The ids as the policy's filter finds them, without the function, of subjects that need no reading. */
async function walked (database: Database, words: string): Promise<string[]> {
  const rows = await database.forTenant('acme').read.select({ id: ticket.id }).from(ticket)
    .where(
      and(eq(ticket.tenantId, 'acme'), sql`to_tsvector('simple', subject) @@ websearch_to_tsquery('simple', ${words})`)
    )
    .orderBy(asc(ticket.createdAt), asc(ticket.id))
  return rows.map(({ id }) => id)
}

t.test('a rare word is found by the index on words, and the tenant is not read for it', async (t) => {
  const { database } = await seeded(t)
  const limit = 21
  const search = async (q: string) =>
    await spentBy(
      database,
      'ticket_text_words',
      async (tx) => await listTickets(tx, 'acme', { q }, { sort: '-createdAt', after: null, limit })
    )
  for (const [word, count] of [['word4711', 1], ['rare', 5], ['nobodyhasit', 0]] as const) {
    const { found, searches, tickets } = await search(word)
    t.strictSame({ found, searches }, { found: count, searches: 1 }, word)
    // an entry of the index and a row each, of the text and of the ticket
    t.ok(tickets <= 6 * count, `${word}: ${tickets} rows read`)
  }
  const common = await search('printer')
  t.equal(common.found, 21)
  const looks = 4 * looksPerTicket * limit
  t.ok(common.tickets <= 2 * foundMax + looks, `what all have: ${common.tickets} rows read`)
  const held = await spentBy(
    database,
    'ticket_text_words',
    async (tx) =>
      (await tx.$client.query(`select from ticket_text where tenant_id = 'acme' and words @@ 'word4711'`)).rows
  )
  t.strictSame({ found: held.found, searches: held.searches }, { found: 1, searches: 0 }, 'the counter-test')
  t.ok(held.tickets >= 18_000, `under the policy alone, ${held.tickets} texts are read`)
})

t.test('pages of a search are what a walk of the tenant finds, for rare words and for common ones', async (t) => {
  const { database } = await seeded(t)
  const { read } = database.forTenant('acme')
  const searches = [
    'rare',
    'even',
    'more',
    'printer',
    'Printer rare',
    '"printer rare"',
    'rare or word4711',
    '-printer',
    '-rare even',
    'secret1',
    'word10',
    'rar',
    '',
    '...'
  ]
  for (const q of searches) {
    const whole = await walked(database, q)
    const range = { sort: 'createdAt', after: null, limit: 20_000 } as const
    t.same((await listTickets(read, 'acme', { q }, range)).map(({ id }) => id), whole, q)
    const open = await listTickets(read, 'acme', { q, status: ['open'] }, range)
    t.same(open.map(({ id }) => id), whole.filter((id) => Number(id.slice(-12)) % 4 === 1), `${q}, open`)
  }
  t.same([(await walked(database, 'even')).length, (await walked(database, 'more')).length], [
    foundMax,
    foundMax + 1
  ], 'both sides of the bound were asked')
  for (const sort of ticketSorts) {
    const whole = await listTickets(read, 'acme', { q: 'even' }, { sort, after: null, limit: 2_000 })
    const paged: string[] = []
    for (let after: TicketPosition | null = null;;) {
      const page = await listTickets(read, 'acme', { q: 'even' }, { sort, after, limit: 171 })
      paged.push(...page.map(({ id }) => id))
      if (page.length < 171) break
      after = positionOf(page.at(-1)!, sort)
    }
    t.same(paged, whole.map(({ id }) => id), `pages by ${sort}`)
    t.equal(whole.length, foundMax)
  }
})

t.test('the function finds tickets of the tenant that is named, and none for nobody, whoever asks', async (t) => {
  const { url } = await seeded(t)
  const login = decodeURIComponent(new URL(url).username)
  for (const role of [requestRoleOf(login), login]) {
    const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema} -c role=${role}` })
    await client.connect()
    t.teardown(async () => await client.end())
    const count = async (words: string | null): Promise<number> =>
      (await client.query('select from tickets_with_texts($1, true, 100000)', [words])).rowCount!
    t.equal(await count('secret1'), 0, `${role}: never set`)
    await client.query("set app.tenant = ''")
    t.equal(await count('secret1'), 0, `${role}: empty`)
    await client.query("begin; set local app.tenant = 'globex'; commit")
    t.equal(await count('secret1'), 0, `${role}: set in a transaction that has ended`)
    await client.query("set app.tenant = 'acme'")
    t.equal(await count('secret1'), 0, `${role}: another tenant's word`)
    t.equal(await count('printer or secret1'), 18_000, `${role}: its own only`)
    t.equal(await count(null), 0, `${role}: no words`)
    await client.query("set app.tenant = 'globex'")
    t.equal(await count('secret1'), 500, `${role}: the counter-test`)
    await client.query(
      'create temp table ticket_text (tenant_id text, ticket_id uuid, internal boolean, words tsvector)'
    )
    t.equal(await count('secret1'), 500, `${role}: a table of the session is not taken for the service's`)
  }
})

t.test('nobody else may call the function', async (t) => {
  const { database, url } = await testDatabase(t, { schema, sources: migrations })
  const login = decodeURIComponent(new URL(url).username)
  const { rows } = await database.pool.query(
    `select role, has_function_privilege(role, 'tickets_with_texts(text, boolean, integer)', 'execute') as may
      from unnest($1::text[]) as role`,
    [['public', 'dueline_every_tenant', requestRoleOf(login)]]
  )
  t.same(rows, [
    { role: 'public', may: false },
    { role: 'dueline_every_tenant', may: false },
    { role: requestRoleOf(login), may: true }
  ])
})

t.test('a search is read as it is meant', async (t) => {
  for (
    const [q, wanted, unwanted] of [
      ['printer fire', '"printer" "fire"', ''],
      ['PRINTER-42', '"PRINTER 42"', ''],
      ['ann@example.com', '"ann example com"', ''],
      ['"on fire" -smoke -"no fire" or water', '"on fire" or "water"', '"smoke" or "no fire"'],
      ['"unbalanced quote', '"unbalanced quote"', ''],
      ['- -- "" ... &|!', '', ''],
      ['or OR', '', ''],
      ['or OR printer or or fire OR', '"printer" or "fire"', ''],
      ['-T-000123', '', '"T 000123"']
    ] as const
  ) t.strictSame(searchedWords(q), { wanted, unwanted }, q)
})

/** The words of a text, as the index has them. */
async function wordsOf (database: Database, text: string): Promise<string[]> {
  const { rows } = await database.pool.query('select unnest(tsvector_to_array(search_words($1))) as word', [text])
  return rows.map(({ word }) => word)
}

t.test('whatever a text is, it has words, and never too many', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const every = Array.from({ length: 65_536 }, (_, i) => i === 0 || (i >= 0xd800 && i < 0xe000) ? ' ' : i)
    .map((i) => typeof i === 'string' ? i : String.fromCharCode(i))
  const texts = {
    'every letter, parted': every.slice(0, 32_768).join(' '),
    'every letter': every.join(''),
    signs: every.slice(0, 200).join('').repeat(300),
    'distinct words of four bytes': Array.from({ length: 32_768 }, (_, i) => String.fromCodePoint(0x20000 + i)).join(
      ' '
    ),
    'one word': 'x'.repeat(65_536),
    addresses: 'http://a.b/c?d=e&f '.repeat(3_400),
    hyphens: 'a-b-c-d-'.repeat(8_192)
  }
  for (const [name, text] of Object.entries(texts)) {
    t.ok([...text].length <= 65_536)
    const { rows } = await database.pool.query('select length(search_words($1)) as words', [text])
    t.type(rows[0].words, 'number', name)
  }
  t.ok((await wordsOf(database, `${'x '.repeat(32_767)}end`)).includes('end'), 'to its end')
})

t.test('what the search parts is what the index parts', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const signs = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~\u00a0،؛؟٫٬«»“”‘’…–—'
  for (const sign of signs) {
    t.same((await wordsOf(database, `ab${sign}12`)).sort(), ['12', 'ab'], sign)
    t.equal(searchedWords(`"ab${sign === '"' ? ' ' : sign}12"`).wanted, '"ab 12"', sign)
  }
})

t.test('each letter is compared as it was when the first texts were read', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const like = (what: string): string => {
    const marks = '[\u064b-\u0652\u0640]'
    const forms: Record<string, string> = { أ: 'ا', إ: 'ا', آ: 'ا', ٱ: 'ا', ى: 'ي', ة: 'ه' }
    return what.replace(new RegExp(marks, 'g'), '').replace(/[أإآٱىة]/g, (letter) => forms[letter]!)
      .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15))
  }
  const { rows } = await database.pool.query<{ letter: string, compared: string }>(
    `select chr(i) as letter, search_letters('a' || chr(i) || 'b') as compared from generate_series(1, 70000) i
     where i not between 55296 and 57343`
  )
  t.ok(rows.length > 60_000)
  t.strictSame(rows.filter(({ letter, compared }) => compared !== like(`a${letter}b`)), [])
})
