import { baseErrors, etagOf, problem, write, type App } from '@dueline/http'
import { isUniqueViolation } from '@dueline/postgres'
import { access } from '../access.ts'
import { personEvent } from '../domain/person-event.ts'
import { errors } from '../errors.ts'
import { insertPerson, type Person } from '../store/person-store.ts'
import { managerFaults } from './check-manager.ts'
import { personFaults } from './check-person.ts'
import type { RouteDeps } from './route-deps.ts'
import { NewPerson, PersonSchema } from './schemas.ts'
import { personView } from './views.ts'

/** POST /v1/people */
export function postPerson (app: App, { database, ids, clock, outbox }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/people',
    config: { roles: access.createPerson, area: 'people', problems: ['validation_failed', 'person_exists'] },
    schema: {
      operationId: 'createPerson',
      summary: 'Create a person',
      description:
        'Send `id` if the person already has one at the token issuer. The screen name is the name, unless you ' +
        'send another.',
      tags: ['people'],
      body: NewPerson,
      response: { 201: PersonSchema }
    },
    handler: async (request, reply) => {
      const { body } = request
      const now = clock.now()
      const person: Person = {
        id: body.id ?? ids.next(),
        role: body.role,
        name: body.name,
        screenName: body.screenName ?? body.name,
        email: body.email ?? null,
        language: body.language ?? 'en',
        timeZone: body.timeZone ?? null,
        managerId: body.managerId ?? null,
        active: body.active ?? true,
        externalId: body.externalId ?? null,
        createdAt: now,
        updatedAt: now,
        version: 1
      }
      return await write(request, reply, database, async (tx) => {
        const faults = [...personFaults(body), ...await managerFaults(tx, tx.tenantId, person.id, person.managerId)]
        if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
        await insertPerson(tx, tx.tenantId, person).catch((error: unknown) => {
          if (isUniqueViolation(error, 'person_pkey') || isUniqueViolation(error, 'person_external_id')) {
            problem(errors.person_exists, { cause: error })
          }
          throw error
        })
        await outbox.add(tx, [personEvent(person, { id: ids.next(), tenantId: tx.tenantId })])
        return {
          status: 201,
          body: personView(person),
          headers: { etag: etagOf(1), location: `/v1/people/${person.id}` }
        }
      })
    }
  })
}
