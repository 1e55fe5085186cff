import { nullable, Uuid } from '@dueline/contracts'
import { baseErrors, problem } from '@dueline/http'
import type { TenantDatabases } from '@dueline/postgres'
import { traceHeaders, type Clock, type Logger } from '@dueline/runtime'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { CatalogueItem, TicketSubject } from '../domain/catalogue.ts'
import { findItems, saveItems, type CatalogueRow } from '../store/catalogue-store.ts'
import { FreshCache } from '../store/fresh-cache.ts'

/** What tickets may be about. */
export interface Catalogue {
  /**
   * Those of the named items that the tenant has: from memory, else from this service's copy, else by asking the owning
   * service once, with the caller's own `Authorization` header, and keeping the answer.
   * @throws Problem 503 when the owning service has to be asked and does not answer
   */
  find(
    tenantId: string,
    subjects: readonly TicketSubject[],
    authorization: string | undefined
  ): Promise<Map<string, CatalogueItem>>
}

const paths = { product: 'products', module: 'modules', question: 'questions' } as const
const askedMsMax = 2_000
const Answer = Compile(Type.Object({
  id: Uuid,
  name: Type.String(),
  active: Type.Boolean(),
  version: Type.Integer(),
  productId: Type.Optional(nullable(Uuid)),
  moduleId: Type.Optional(nullable(Uuid))
}))

/** `url`: where the catalogue service listens; without one nobody is asked. */
export function createCatalogue (
  { database, clock, logger, url, freshMicros = 5_000_000 }: {
    database: TenantDatabases,
    clock: Clock,
    logger: Logger,
    url: string | undefined,
    freshMicros?: number
  }
): Catalogue {
  const cache = new FreshCache<CatalogueItem>(clock, freshMicros)

  return {
    async find (tenantId, subjects, authorization) {
      const kinds = new Map<string, CatalogueItem['kind']>()
      for (const { productId, moduleId, questionId } of subjects) {
        if (productId !== null) kinds.set(productId, 'product')
        if (moduleId !== null) kinds.set(moduleId, 'module')
        if (questionId !== null) kinds.set(questionId, 'question')
      }
      const { found, missing } = cache.split(tenantId, kinds.keys())
      if (missing.length === 0) return found
      const items = await findItems(database.forTenant(tenantId).read, tenantId, missing)
      if (url !== undefined && authorization !== undefined) {
        const asked = await Promise.all(
          missing.filter((id) => !items.has(id)).map((id) =>
            ask({ url, tenantId, kind: kinds.get(id)!, id, authorization }, logger)
          )
        )
        const rows = asked.filter((row) => row !== null)
        await saveItems(database.forTenant(tenantId).read, rows)
        for (const { tenantId: _, ...row } of rows) items.set(row.id, row)
      }
      for (const [id, item] of items) {
        cache.store(tenantId, id, item)
        found.set(id, item)
      }
      return found
    }
  }
}

interface Question {
  /** Where the catalogue service listens. */
  readonly url: string
  readonly tenantId: string
  readonly kind: CatalogueItem['kind']
  readonly id: string
  readonly authorization: string
}

/** @returns null when the tenant has no such item. @throws Problem 503 when there is no answer */
async function ask (
  { url, tenantId, kind, id, authorization }: Question,
  logger: Logger
): Promise<CatalogueRow & { tenantId: string } | null> {
  let status: number
  let body: unknown
  try {
    const answer = await fetch(new URL(`/v1/${paths[kind]}/${id}`, url), {
      headers: { authorization, accept: 'application/json', ...traceHeaders() },
      signal: AbortSignal.timeout(askedMsMax)
    })
    status = answer.status
    body = await answer.json()
  } catch (cause) {
    logger.warn({ err: cause, kind, id }, 'the catalogue was not reached')
    return problem(baseErrors.unavailable, {
      detail: 'the catalogue cannot be asked at the moment',
      headers: { 'retry-after': '1' },
      cause
    })
  }
  if (status >= 500) {
    problem(baseErrors.unavailable, {
      detail: 'the catalogue cannot be asked at the moment',
      headers: { 'retry-after': '1' }
    })
  }
  if (status !== 200 || !Answer.Check(body)) return null
  const { name, active, version, productId = null, moduleId = null } = body
  return {
    tenantId,
    kind,
    id,
    name,
    active,
    version,
    productId: kind === 'product' ? null : productId,
    moduleId: kind === 'question' ? moduleId : null
  }
}
