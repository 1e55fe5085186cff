import { compileCalendar, type Calendar, type CalendarSpec } from '@dueline/business-time'
import { CalendarSpecSchema, isCustomer, Uuid } from '@dueline/contracts'
import { ownedCopies, type Asker, type Fault, type Upstream } from '@dueline/http'
import type { TenantDatabases } from '@dueline/postgres'
import { BoundedMap } from '@dueline/runtime'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { findCalendars, findItems, saveCalendars, saveItems } from '../store/copies.ts'
import { findPeople } from '../store/person-store.ts'

/** Where a body names a person, or something that another service owns. */
export interface Mention {
  readonly pointer: string
  readonly kind: 'staff' | 'contact' | 'product' | 'module' | 'calendar'
  readonly id: string
}

/** Whether what callers name is there: people, and by the copies or by its owner what others have. */
export interface References {
  /**
   * What is wrong with what is named, in the order of the mentions.
   * @throws Problem 503 when an owner has to be asked and does not answer
   */
  faults(asker: Asker, mentions: readonly Mention[]): Promise<Fault[]>
  /**
   * The newest version of those calendars that are there, by id.
   * @throws Problem 503 as above
   */
  calendars(asker: Asker, ids: readonly string[]): Promise<Map<string, Calendar>>
}

const version = Type.Integer({ minimum: 1 })
const Item = Compile(Type.Object({ id: Uuid, active: Type.Boolean(), version }))
const CalendarAnswer = Compile(Type.Object({
  id: Uuid,
  version,
  spec: Type.Unsafe<CalendarSpec>(CalendarSpecSchema)
}))

/** So many compiled calendars are kept, those used last. */
const calendarsMax = 500

interface Owners {
  readonly database: TenantDatabases
  readonly policy: Upstream | undefined
}

function copiesOf ({ database, policy }: Owners) {
  const items = ownedCopies({
    database,
    owner: policy,
    read: findItems,
    save: saveItems,
    path: ({ kind, id }: Mention) => `/v1/${kind}s/${id}`,
    isAnswer: (body) => Item.Check(body),
    rowOf: ({ id, active, version }, { kind }, tenantId) => ({
      tenantId,
      id,
      kind: kind === 'module' ? kind : 'product' as const,
      active,
      version
    })
  })
  const calendars = ownedCopies({
    database,
    owner: policy,
    read: findCalendars,
    save: saveCalendars,
    path: ({ id }: { id: string }) => `/v1/calendars/${id}`,
    isAnswer: (body) => CalendarAnswer.Check(body),
    rowOf: ({ id, version, spec }, _, tenantId) => ({ tenantId, id, version, spec })
  })

  return { items, calendars }
}

/** Owners that are undefined are not asked: the copies are all there is. */
export function createReferences (owners: Owners): References {
  const { items, calendars } = copiesOf(owners)
  const compiled = new BoundedMap<Calendar>(calendarsMax)
  return {
    async calendars (asker, ids) {
      const known = await calendars.find(asker, ids.map((id) => ({ id })))
      return new Map([...known].flatMap(([id, { version: of, spec }]) => {
        if (spec === null) return []
        const key = `${asker.tenantId} ${id} ${of}`
        const calendar = compiled.get(key) ?? compileCalendar(spec)
        compiled.set(key, calendar)
        return [[id, calendar]]
      }))
    },
    async faults (asker, mentions) {
      const { read } = owners.database.forTenant(asker.tenantId)
      const of = (...kinds: Mention['kind'][]) => mentions.filter(({ kind }) => kinds.includes(kind))
      const [knownPeople, knownItems, knownCalendars] = await Promise.all([
        findPeople(read, asker.tenantId, of('staff', 'contact').map(({ id }) => id)),
        items.find(asker, of('product', 'module')),
        calendars.find(asker, of('calendar'))
      ])
      return mentions.flatMap(({ pointer, kind, id }) => {
        const message = kind === 'staff' || kind === 'contact'
          ? personFault(kind, knownPeople.get(id))
          : kind === 'calendar'
          ? knownCalendars.has(id) ? null : 'no such calendar'
          : itemFault(kind, knownItems.get(id))
        return message === null ? [] : [{ pointer, message }]
      })
    }
  }
}

function personFault (
  kind: 'staff' | 'contact',
  person: { role: string, active: boolean } | undefined
): string | null {
  if (person === undefined) return 'no such person'
  if (!person.active) return 'is not active'
  if (isCustomer(person.role)) return kind === 'staff' ? 'is a customer' : null
  return kind === 'contact' ? 'is not a customer' : null
}

function itemFault (kind: string, item: { kind: string, active: boolean } | undefined): string | null {
  if (item?.kind !== kind) return `no such ${kind}`
  return item.active ? null : `the ${kind} is not active`
}
