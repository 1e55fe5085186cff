import type { Pool } from 'pg'
import { BusError, recordBytesMax, type InRecord, type OutRecord, type TopicSpec } from '../bus.ts'

/** A place in the log: `off` is the next offset to read. Offsets stay below 2^53, so plain numbers carry them. */
export interface Position {
  topic: string
  part: number
  off: number
}

/** Partition `topic/part`, as a map key. */
export function partitionKey (topic: string, part: number): string {
  return `${topic}/${part}`
}

// Everything variable-sized goes into one binary parameter: arrays of text would be escaped and parsed element by
// element. Rows of a partition get their offsets under its row lock; locks are taken in one order, so that two
// appending processes cannot deadlock. A row whose partition does not exist gets a null offset and fails the whole.
const append = {
  name: 'bus_append',
  text: `
    with r as (
      select topic, part, key_at, headers_at, value_at, end_at, n
      from unnest($2::text[], $3::int2[], $4::int4[], $5::int4[], $6::int4[], $7::int4[]) with ordinality
        as r(topic, part, key_at, headers_at, value_at, end_at, n)),
    many as (select topic, part, count(*) as n from r group by topic, part),
    locked as materialized (
      select p.topic, p.part, p.next_off, many.n from bus.log_partition p join many using (topic, part)
      order by p.topic, p.part for update of p),
    raised as (
      update bus.log_partition p set next_off = locked.next_off + locked.n from locked
      where p.topic = locked.topic and p.part = locked.part
      returning p.topic, p.part, locked.next_off as base, p.next_off),
    stored as (
      insert into bus.log_record (topic, part, off, key, headers, value)
      select r.topic, r.part, raised.base + row_number() over (partition by r.topic, r.part order by r.n) - 1,
        convert_from(substring($1::bytea from r.key_at + 1 for r.headers_at - r.key_at), 'UTF8'),
        convert_from(substring($1::bytea from r.headers_at + 1 for r.value_at - r.headers_at), 'UTF8'),
        substring($1::bytea from r.value_at + 1 for r.end_at - r.value_at)
      from r left join raised using (topic, part))
    select topic, part, next_off from raised`
}

/** Stores a batch in one transaction. Returns the new ends of the partitions it went to. @throws BusError 'fatal' */
export async function appendRecords (pool: Pool, batch: readonly OutRecord[]): Promise<Position[]> {
  const chunks: Buffer[] = []
  const columns: Array<Array<string | number>> = [[], [], [], [], [], []]
  let at = 0
  const put = (bytes: Buffer, column: number): void => {
    columns[column]!.push(at)
    chunks.push(bytes)
    at += bytes.length
  }
  for (const record of batch) {
    if (record.value.byteLength > recordBytesMax) {
      throw new BusError('fatal', `a record of ${record.value.byteLength} bytes: at most ${recordBytesMax} are stored`)
    }
    if (record.key.includes('\0')) throw new BusError('fatal', 'a record key contains NUL')
    columns[0]!.push(record.topic)
    columns[1]!.push(record.partition)
    put(Buffer.from(record.key), 2)
    put(Buffer.from(JSON.stringify(record.headers)), 3)
    put(Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength), 4)
    columns[5]!.push(at)
  }
  const { rows } = await pool.query<{ topic: string, part: number, next_off: string }>({
    ...append,
    values: [Buffer.concat(chunks, at), ...columns]
  })
  return rows.map(({ topic, part, next_off: off }) => ({ topic, part, off: Number(off) }))
}

/** The sum of all ends of some topics: it grows exactly when something was appended. One row, 0.1 ms. */
export async function readTotal (pool: Pool, topics: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ total: string }>({
    name: 'bus_total',
    text: 'select coalesce(sum(next_off), 0)::text as total from bus.log_partition where topic = any($1)',
    values: [topics]
  })
  return Number(rows[0]!.total)
}

/** The ends of all partitions of some topics. */
export async function readEnds (pool: Pool, topics: readonly string[]): Promise<Position[]> {
  const { rows } = await pool.query<{ topic: string, part: number, next_off: string }>({
    name: 'bus_ends',
    text: 'select topic, part, next_off from bus.log_partition where topic = any($1)',
    values: [topics]
  })
  return rows.map(({ topic, part, next_off: off }) => ({ topic, part, off: Number(off) }))
}

// One statement for all partitions. Per partition at most $4 records and (but for the first) $5 bytes; the window
// looks at lengths only, so large values that do not fit are never read from disk.
const fetch = {
  name: 'bus_fetch',
  text: `
    select w.i::int as i, r.off, r.key, r.headers, r.value
    from unnest($1::text[], $2::int2[], $3::int8[]) with ordinality as w(topic, part, off, i)
    cross join lateral (
      select l.off, l.key, l.headers, l.value,
        sum(octet_length(l.value)) over (order by l.off) - octet_length(l.value) as before
      from (select * from bus.log_record l where l.topic = w.topic and l.part = w.part and l.off >= w.off
            order by l.off limit $4) l) r
    where r.before < $5
    order by w.i, r.off`
}

/** The next records at each position, in the order of `positions`. */
export async function fetchRecords (
  pool: Pool,
  positions: readonly Position[],
  recordsMax: number,
  bytesMax: number
): Promise<InRecord[][]> {
  const { rows } = await pool.query<{ i: number, off: string, key: string, headers: string, value: Buffer }>({
    ...fetch,
    values: [
      positions.map((p) => p.topic),
      positions.map((p) => p.part),
      positions.map((p) => p.off),
      recordsMax,
      bytesMax
    ]
  })
  const result: InRecord[][] = positions.map(() => [])
  for (const { i, off, key, headers, value } of rows) {
    const { topic, part } = positions[i - 1]!
    result[i - 1]!.push({
      topic,
      partition: part,
      offset: BigInt(off),
      key,
      value,
      headers: JSON.parse(headers) as Record<string, string>
    })
  }
  return result
}

/** Creates missing topics; an existing one keeps its partitions. */
export async function createTopics (pool: Pool, topics: readonly TopicSpec[]): Promise<void> {
  await pool.query(
    `
    insert into bus.log_partition (topic, part)
    select t.topic, part from unnest($1::text[], $2::int4[]) as t(topic, n), generate_series(0, t.n - 1) as part
    where not exists (select 1 from bus.log_partition p where p.topic = t.topic)
    on conflict do nothing`,
    [topics.map((t) => t.topic), topics.map((t) => t.partitions)]
  )
}
