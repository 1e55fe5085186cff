import type { Read } from '@dueline/postgres'
import { sql, type SQL } from 'drizzle-orm'
import { ticket } from './tables.ts'

/** Tickets with the words of a search are read by id when so many texts or fewer have them. */
export const foundMax = 1_000
/** So many are asked for before tickets are looked at in the list's order: more are dear, and may not be needed. */
export const fewMax = 200

/** What parts words, as in `search_words` of the migration 0044. */
const partings = /[\s!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~\u00a0\u060c\u061b\u061f\u066b\u066c«»“”‘’…–—]+/u

/** A search, as web searches for Postgres. */
export interface SearchedWords {
  /** One text of the ticket has all of these; empty where nothing is wanted. */
  readonly wanted: string
  /** None of its texts has any of these. */
  readonly unwanted: string
}

/**
 * Reads a search: words, "words in this order", `or` between them, and -what no text may have. Words that are parted by
 * anything but blanks are in this order too: PRINTER-42, ann@example.com.
 */
export function searchedWords (q: string): SearchedWords {
  const wanted: string[] = []
  const unwanted: string[] = []
  for (const [, minus, quoted, plain = ''] of q.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    const words = (quoted ?? plain).split(partings).filter((word) => word !== '')
    if (words.length === 0) continue
    const isOr = quoted === undefined && minus === '' && plain.toLowerCase() === 'or'
    const term = isOr ? 'or' : `"${words.join(' ')}"`
    if (minus === '') wanted.push(term)
    else unwanted.push(term)
  }
  const isTerm = (term?: string): boolean => term !== undefined && term !== 'or'
  // an `or` that stands between no two terms joins nothing
  const joined = wanted.filter((term, i) => isTerm(term) || (isTerm(wanted[i + 1]) && wanted.slice(0, i).some(isTerm)))
  return { wanted: joined.join(' '), unwanted: unwanted.join(' or ') }
}

/** What of a filter is about words. */
export interface WordFilter {
  /** Words that one text of the ticket has: its number, subject and description, or one of its messages. */
  q?: string
  /** Whether its internal messages are looked at. */
  internals?: boolean
  /** The tickets that have the words of `q`, where they are known. */
  withWords?: string[]
}

/**
 * Asks the index which tickets have the words, where at most `textsMax` texts do. It cannot be used under the policy of
 * tenants, so a function of the tables' owner is asked (migration 0018): `read` must be that of the tenant
 * (`forTenant`), on any other connection it finds nothing.
 */
export async function withFound<F extends WordFilter> (read: Read, filter: F, textsMax = foundMax): Promise<F> {
  const { wanted } = searchedWords(filter.q ?? '')
  if (wanted === '' || filter.withWords !== undefined) return filter
  const most = textsMax + 1
  const { rows } = await read.execute<{ id: string }>(
    sql`select id from tickets_with_texts(${wanted}, ${filter.internals ?? false}, ${most}) as id`
  )
  return rows.length < most ? { ...filter, withWords: [...new Set(rows.map(({ id }) => id))] } : filter
}

/** What a search asks of a row of `ticket`. A search that names no word is met by none. */
export function wordConditions ({ q, internals = false, withWords }: WordFilter): SQL[] {
  if (q === undefined) return []
  const { wanted, unwanted } = searchedWords(q)
  const some = (words: string): SQL => withText(words, internals)
  if (wanted === '' && unwanted === '') return [sql`false`]
  const isWanted = withWords === undefined ? some(wanted) : sql`${ticket.id} = any(${sql.param(withWords)}::uuid[])`
  return [...(wanted === '' ? [] : [isWanted]), ...(unwanted === '' ? [] : [sql`not ${some(unwanted)}`])]
}

/** Looked up ticket by ticket: as a value and not as a condition, or Postgres would read the tenant's texts for it. */
function withText (words: string, internals: boolean): SQL {
  return sql`coalesce((select true from ticket_text x
    where x.tenant_id = ${ticket.tenantId} and x.ticket_id = ${ticket.id} and (${internals} or not x.internal)
      and x.words @@ websearch_to_tsquery('simple', search_letters(${words})) limit 1), false)`
}
