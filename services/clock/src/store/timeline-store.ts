import type { Agreement, PolicyEffect, AgreementKind } from '@dueline/contracts'
import { instantParam, jsonArrayParam, readInstant, type Read, type Tx } from '@dueline/postgres'
import { standing, type AgreementVersion } from '../domain/agreements.ts'
import type { StoredFact } from '../domain/facts.ts'
import { termsOf, type ReceivedAgreement } from '../domain/reading.ts'
import { byTicket, keyParams, type TicketKey } from './keys.ts'

/** A fact of a ticket, to be stored. */
export type NewFact = StoredFact & TicketKey

/** A promise for a ticket, to be stored. */
export type NewAgreementVersion = ReceivedAgreement & TicketKey

/** A promise as stored, with the agreement as it was told. */
export type StoredAgreementVersion = AgreementVersion & TicketKey & Pick<ReceivedAgreement, 'agreement'>

/** Stores facts; one that is here already stays as it is. */
export async function addFacts (tx: Tx, facts: readonly NewFact[]): Promise<void> {
  if (facts.length === 0) return
  await tx.$client.query({
    name: 'fact-add',
    text: `insert into fact (tenant_id, ticket_id, id, at, sequence, kind, data)
           select tenant_id, ticket_id, id, at, sequence, kind, data
           from unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::int[], $6::text[], $7::jsonb[])
             as f(tenant_id, ticket_id, id, at, sequence, kind, data)
           on conflict do nothing`,
    values: [
      ...keyParams(facts),
      facts.map(({ id }) => id),
      facts.map(({ at }) => instantParam(at)),
      facts.map(({ sequence }) => sequence),
      facts.map(({ kind }) => kind),
      jsonArrayParam(facts.map(({ data }) => JSON.stringify(data)))
    ]
  })
}

/** Stores promises; one that is here already stays as it is. */
export async function addAgreementVersions (tx: Tx, agreementVersions: readonly NewAgreementVersion[]): Promise<void> {
  if (agreementVersions.length === 0) return
  await tx.$client.query({
    name: 'promise-add',
    text: `insert into promise
             (tenant_id, ticket_id, kind, version, ticket_version, policy_version, supersedes, made_at, effect, terms)
           select
             tenant_id, ticket_id, kind, version, ticket_version, policy_version, supersedes, made_at, effect, terms
           from unnest($1::text[], $2::uuid[], $3::text[], $4::int[], $5::int[], $6::int[], $7::jsonb[],
             $8::timestamptz[], $9::text[], $10::jsonb[]
           ) as p(
             tenant_id, ticket_id, kind, version, ticket_version, policy_version, supersedes, made_at, effect, terms)
           on conflict do nothing`,
    values: [
      ...keyParams(agreementVersions),
      agreementVersions.map(({ kind }) => kind),
      agreementVersions.map(({ version }) => version),
      agreementVersions.map(({ ticketVersion }) => ticketVersion),
      agreementVersions.map(({ policyVersion }) => policyVersion),
      jsonArrayParam(agreementVersions.map(({ supersedes }) => JSON.stringify(supersedes))),
      agreementVersions.map(({ madeAt }) => instantParam(madeAt)),
      agreementVersions.map(({ agreement }) => agreement?.effect ?? 'from_now'),
      jsonArrayParam(agreementVersions.map(({ agreement }) => agreement === null ? null : JSON.stringify(agreement)))
    ]
  })
}

/** All facts of tickets, by `textOf`. */
export async function readFacts (db: Read, keys: readonly TicketKey[]): Promise<Map<string, NewFact[]>> {
  const { rows } = await db.$client.query<
    { tenant_id: string, ticket_id: string, id: string, at: string, sequence: number, kind: string, data: unknown }
  >({
    name: 'fact-read',
    text: `select f.tenant_id, f.ticket_id, f.id, f.at, f.sequence, f.kind, f.data
           from unnest($1::text[], $2::uuid[]) as k(tenant_id, ticket_id) join fact f using (tenant_id, ticket_id)`,
    values: keyParams(keys)
  })
  return byTicket(
    rows.map(({ tenant_id: tenantId, ticket_id: ticketId, at, ...fact }) => ({
      ...fact,
      tenantId,
      ticketId,
      at: readInstant(at)
    }))
  )
}

interface AgreementVersionRow {
  tenant_id: string
  ticket_id: string
  kind: AgreementKind
  version: number
  ticket_version: number
  policy_version: number | null
  supersedes: number[]
  made_at: string
  effect: PolicyEffect
  terms: Agreement | null
}

/** All promises for tickets that count, by `textOf`. */
export async function readAgreementVersions (
  db: Read,
  keys: readonly TicketKey[]
): Promise<Map<string, StoredAgreementVersion[]>> {
  const { rows } = await db.$client.query<AgreementVersionRow>({
    name: 'promise-read',
    text: `select p.tenant_id, p.ticket_id, p.kind, p.version, p.ticket_version, p.policy_version, p.supersedes,
             p.made_at, p.effect, p.terms
           from unnest($1::text[], $2::uuid[]) as k(tenant_id, ticket_id) join promise p using (tenant_id, ticket_id)`,
    values: keyParams(keys)
  })
  const announced = byTicket(rows.map((row): StoredAgreementVersion => ({
    tenantId: row.tenant_id,
    ticketId: row.ticket_id,
    kind: row.kind,
    version: row.version,
    ticketVersion: row.ticket_version,
    policyVersion: row.policy_version,
    supersedes: row.supersedes,
    madeAt: readInstant(row.made_at),
    effect: row.effect,
    terms: row.terms === null ? null : termsOf(row.terms),
    agreement: row.terms
  })))
  return new Map([...announced].map(([key, agreementVersions]) => [key, standing(agreementVersions)]))
}
