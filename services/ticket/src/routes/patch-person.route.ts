import { afterCommit } from '@dueline/postgres'
import { baseErrors, etagOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import { personEvent } from '../domain/person-event.ts'
import { changeTime, lockPerson, updatePerson, type Person } from '../store/person-store.ts'
import { access } from '../access.ts'
import { managerFaults } from './check-manager.ts'
import { personFaults } from './check-person.ts'
import type { RouteDeps } from './route-deps.ts'
import { PersonPatch, PersonSchema } from './schemas.ts'
import { personView } from './views.ts'

/** PATCH /v1/people/{personId} */
export function patchPerson (app: App, { database, ids, clock, outbox, directory, people }: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/people/:personId',
    config: {
      roles: access.updatePerson,
      area: 'people',
      problems: ['validation_failed', 'precondition_required', 'precondition_failed']
    },
    schema: {
      operationId: 'updatePerson',
      summary: 'Change a person',
      description: 'People who leave are made inactive; nobody is deleted.',
      tags: ['people'],
      params: pathId('personId'),
      body: PersonPatch,
      response: { 200: PersonSchema }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { params: { personId }, body } = request
        const before = await lockPerson(tx, tx.tenantId, personId) ?? problem(baseErrors.not_found)
        requireIfMatch(request, before.version)
        const changed = (Object.keys(body) as Array<keyof typeof body>).some((field) => body[field] !== before[field])
        if (!changed) return { status: 200, body: personView(before), headers: { etag: etagOf(before.version) } }
        const person = {
          ...before,
          ...body,
          updatedAt: changeTime(before, clock.now()),
          version: before.version + 1
        } as Person
        const faults = personFaults(body)
        if (person.managerId !== before.managerId) {
          faults.push(...await managerFaults(tx, tx.tenantId, personId, person.managerId))
        }
        if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
        await updatePerson(tx, tx.tenantId, person)
        await outbox.add(tx, [personEvent(person, { id: ids.next(), tenantId: tx.tenantId })])
        afterCommit(tx, () => {
          directory.forget(tx.tenantId, personId)
          people.changed()
        })
        return { status: 200, body: personView(person), headers: { etag: etagOf(person.version) } }
      })
  })
}
