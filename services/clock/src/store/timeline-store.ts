import { tableRows, type Read, type Tx } from '@dueline/postgres'
import { standing, type AgreementVersion } from '../domain/agreements.ts'
import type { StoredFact } from '../domain/facts.ts'
import { termsOf, type ReceivedAgreement } from '../domain/reading.ts'
import { byTicket, keyParams, type TicketKey } from './keys.ts'
import { agreementVersion, fact } from './tables.ts'

/** A fact of a ticket, to be stored. */
export type NewFact = StoredFact & TicketKey

/** An agreement for a ticket, to be stored. */
export type NewAgreementVersion = ReceivedAgreement & TicketKey

/** An agreement as stored, with the agreement as it was announced. */
export type StoredAgreementVersion = AgreementVersion & TicketKey & Pick<ReceivedAgreement, 'agreement'>

const factRows = tableRows(fact)
const agreementRows = tableRows(agreementVersion)

/** Stores facts; one that is here already stays as it is. */
export async function addFacts (tx: Tx, facts: readonly NewFact[]): Promise<void> {
  if (facts.length === 0) return
  await tx.$client.query({
    name: 'fact-add',
    text: `insert into fact (${factRows.columns()}) select ${factRows.columns()} from ${factRows.from(1, 'f')}
           on conflict do nothing`,
    values: factRows.values(facts)
  })
}

/** Stores agreement versions; one that is here already stays as it is. */
export async function addAgreementVersions (tx: Tx, agreementVersions: readonly NewAgreementVersion[]): Promise<void> {
  if (agreementVersions.length === 0) return
  await tx.$client.query({
    name: 'agreement-add',
    text: `insert into agreement_version (${agreementRows.columns()})
           select ${agreementRows.columns()} from ${agreementRows.from(1, 'a')} on conflict do nothing`,
    values: agreementRows.values(
      agreementVersions.map(({ agreement, ...version }) => ({
        ...version,
        effect: agreement?.effect ?? 'from_now',
        terms: agreement
      }))
    )
  })
}

/** All facts of tickets, by `textOf`. */
export async function readFacts (db: Read, keys: readonly TicketKey[]): Promise<Map<string, NewFact[]>> {
  const { rows } = await db.$client.query({
    name: 'fact-read',
    text: `select ${factRows.columns('f.')}
           from unnest($1::text[], $2::uuid[]) as k(tenant_id, ticket_id) join fact f using (tenant_id, ticket_id)`,
    values: keyParams(keys)
  })
  return byTicket(rows.map((row) => factRows.read(row)))
}

/** All agreement versions of tickets that count, by `textOf`. */
export async function readAgreementVersions (
  db: Read,
  keys: readonly TicketKey[]
): Promise<Map<string, StoredAgreementVersion[]>> {
  const { rows } = await db.$client.query({
    name: 'agreement-read',
    text: `select ${agreementRows.columns('a.')}
           from unnest($1::text[], $2::uuid[]) as k(tenant_id, ticket_id) 
             join agreement_version a using (tenant_id, ticket_id)`,
    values: keyParams(keys)
  })
  const announced = byTicket(rows.map((row): StoredAgreementVersion => {
    const { terms, ...version } = agreementRows.read(row)
    return { ...version, terms: terms === null ? null : termsOf(terms), agreement: terms }
  }))
  return new Map([...announced].map(([key, agreementVersions]) => [key, standing(agreementVersions)]))
}
