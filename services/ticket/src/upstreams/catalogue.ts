import { nullable, Uuid } from '@dueline/contracts'
import { ownedCopies, type Asker, type Upstream } from '@dueline/http'
import type { TenantDatabases } from '@dueline/postgres'
import { FreshCache, type Clock } from '@dueline/runtime'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { CatalogueItem, TicketSubject } from '../domain/catalogue.ts'
import { findItems, saveItems, type CatalogueRow } from '../store/catalogue-store.ts'

/** What tickets may be about: products, modules and questions, by the copies or by the policy service. */
export interface Catalogue {
  /**
   * Those of the named items that the tenant has, some seconds old at most, by id.
   * @throws Problem 503 when the policy service has to be asked and does not answer
   */
  find(asker: Asker, subjects: readonly TicketSubject[]): Promise<Map<string, CatalogueItem>>
}

type Wanted = Pick<CatalogueItem, 'id' | 'kind'>

const paths = { product: 'products', module: 'modules', question: 'questions' } as const
const Answer = Compile(Type.Object({
  id: Uuid,
  name: Type.String(),
  active: Type.Boolean(),
  version: Type.Integer(),
  productId: Type.Optional(nullable(Uuid)),
  moduleId: Type.Optional(nullable(Uuid))
}))

/** `policy` undefined: the copies are all there is. */
export function createCatalogue (
  { database, clock, policy, freshMicros = 5_000_000 }: {
    database: TenantDatabases,
    clock: Clock,
    policy: Upstream | undefined,
    freshMicros?: number
  }
): Catalogue {
  const items = ownedCopies({
    database,
    owner: policy,
    memory: new FreshCache<CatalogueRow>(clock, freshMicros),
    read: findItems,
    save: saveItems,
    path: ({ kind, id }: Wanted) => `/v1/${paths[kind]}/${id}`,
    isAnswer: (body) => Answer.Check(body),
    rowOf ({ name, active, version, productId = null, moduleId = null }, { id, kind }, tenantId): CatalogueRow {
      return {
        tenantId,
        id,
        kind,
        name,
        active,
        version,
        productId: kind === 'product' ? null : productId,
        moduleId: kind === 'question' ? moduleId : null
      }
    }
  })
  return { find: async (asker, subjects) => await items.find(asker, subjects.flatMap(wantedOf)) }
}

function wantedOf ({ productId, moduleId, questionId }: TicketSubject): Wanted[] {
  const wanted: Wanted[] = []
  if (productId !== null) wanted.push({ kind: 'product', id: productId })
  if (moduleId !== null) wanted.push({ kind: 'module', id: moduleId })
  if (questionId !== null) wanted.push({ kind: 'question', id: questionId })
  return wanted
}
