import { isProblem, type BodyOf, type Client } from '@dueline/client'
import { orAborted } from '@dueline/runtime'
import { callerOf, cast, demoTenant, type DemoAccess } from './cast.ts'

/**
 * Makes the people of the demonstration, and leaves those that are there as they are. Sales and the administrator are
 * people of the demo tenant only: elsewhere the caller acts for them, and nobody gets a role that is not needed.
 * @throws the reason of `signal`: nobody waits for what is still being made then
 */
export async function seedPeople ({ as }: DemoAccess, signal?: AbortSignal): Promise<void> {
  await orAborted(makePeople(as.admin), signal)
}

async function makePeople (admin: Client): Promise<void> {
  await makePerson(admin, { ...cast.ceo, managerId: null })
  await makePerson(admin, { ...cast.manager, managerId: cast.ceo.id })
  await makePerson(admin, { ...cast.agent, managerId: cast.manager.id })
  await makePerson(admin, { ...cast.customer, managerId: null })
  if ((await callerOf(admin))?.tenantId !== demoTenant) return
  await makePerson(admin, { ...cast.sales, managerId: null })
  await makePerson(admin, { ...cast.admin, managerId: null })
}

/** Asks first: a manager who has been deactivated since would be refused before the person is found to be there. */
async function makePerson (admin: Client, person: BodyOf<'createPerson'> & { id: string }): Promise<void> {
  const isThere = await admin.get('/v1/people/{personId}', { path: { personId: person.id } }).then(
    () => true,
    (error: unknown) => {
      if (isProblem(error, 'not_found')) return false
      throw error
    }
  )
  if (isThere) return
  await admin.post('/v1/people', { body: person }).catch((error: unknown) => {
    // another start was faster
    if (!isProblem(error, 'person_exists')) throw error
  })
}
