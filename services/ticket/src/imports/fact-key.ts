import { hash } from 'node:crypto'
import type { Micros } from '@dueline/business-time'
import type { ImportedFact } from '../domain/import-line.ts'

/**
 * What an imported fact is recognised by when it comes again: its external id, or else all that it says. Names of
 * people are not in it: who somebody is does not depend on what he is called.
 */
export function factKey (fact: ImportedFact, at: Micros): string {
  return fact.externalId === undefined ? keyOf([at, fact.kind, ...contentOf(fact)]) : externalKey(fact.externalId)
}

/** The same for a fact of which only the external id is known. */
export function externalKey (externalId: string): string {
  return keyOf([externalId])
}

// 96 bits: facts are compared within one ticket only
function keyOf (parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 16)
}

function contentOf (fact: ImportedFact): unknown[] {
  switch (fact.kind) {
    case 'status_changed':
      return [fact.to, fact.reason ?? null]
    case 'priority_changed':
    case 'severity_changed':
      return [fact.to]
    case 'assigned':
      return [fact.assignee?.externalId ?? null, fact.team ?? null, fact.reason ?? null]
    case 'message':
      return [fact.messageKind, fact.by, fact.body ?? '']
  }
}
