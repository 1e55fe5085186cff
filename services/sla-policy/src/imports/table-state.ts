import { isCustomer, isUuid } from '@dueline/contracts'
import type { AnyRequest } from '@dueline/http'
import type { Read } from '@dueline/postgres'
import { calendarNames } from '../store/calendar-store.ts'
import { allItems } from '../store/catalogue-store.ts'
import type { PersonCopies } from '@dueline/service'
import { namesOf, type Names } from '../spreadsheets/names.ts'

/** The names of the tenant's catalogue and calendars. */
export async function readNames (read: Read, tenantId: string): Promise<Names> {
  const calendars = await calendarNames(read, tenantId)
  return namesOf({
    ...await allItems(read, tenantId),
    calendar: calendars.map((each) => ({ ...each, productId: null, moduleId: null }))
  })
}

/** Of so many people of one request that no copy has the directory is asked. */
const askedPeopleMax = 200

/** Why each person that is none cannot be a row's customer. Asked before the transaction: it may ask the directory. */
export async function customerFaultsOf (
  request: AnyRequest,
  people: PersonCopies,
  named: readonly unknown[]
): Promise<(id: string) => string | undefined> {
  const { principal: { tenantId }, headers: { authorization } } = request
  const ids = [...new Set(named.filter((id): id is string => typeof id === 'string' && isUuid(id)))]
  const known = new Map(await people.find({ tenantId, authorization: undefined }, ids.map((id) => ({ id }))))
  const unknown = ids.filter((id) => !known.has(id)).slice(0, askedPeopleMax)
  const asked = unknown.length === 0
    ? new Map<string, never>()
    : await people.find({ tenantId, authorization }, unknown.map((id) => ({ id })))
  return (id) => {
    const person = known.get(id) ?? asked.get(id)
    if (isCustomer(person?.role)) return undefined
    return person === undefined ? 'there is no such person' : 'is not a customer'
  }
}
