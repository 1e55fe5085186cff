import { baseErrors, etagOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { access } from '../access.ts'
import { applied, differs, type Sent } from '../domain/drafts.ts'
import { languagesAfter } from '../domain/languages.ts'
import { personEvent } from '../domain/person-event.ts'
import { changeTime, findPerson, lockPerson, updatePerson, type Person } from '../store/person-store.ts'
import { checkMentions, refuse } from './aggregates.ts'
import { personFaults } from './check-person.ts'
import { standingFaults } from './check-standing.ts'
import { mentionsOf, PersonPatch, PersonSchema, personView } from './people.ts'
import type { RouteDeps } from './route-deps.ts'

/** PATCH /v1/people/{personId} */
export function patchPerson (app: App, deps: RouteDeps): void {
  const { database, ids, clock, outbox, people } = deps
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
      description:
        'People who leave are made inactive; nobody is deleted. A reporting line that would lead back to the person ' +
        'is refused, whoever else changes lines at the same time. So is a role of the staff for a contact of a ' +
        'customer: take the person out of `contactIds` first. From then on imports do not change the person.',
      tags: ['people'],
      params: pathId('personId'),
      body: PersonPatch,
      response: { 200: PersonSchema }
    },
    handler: async (request, reply) => {
      const { principal: { tenantId }, params: { personId }, body } = request
      if (body.calendarId != null) {
        // its owner may have to be asked over HTTP: not while a row is locked
        const seen = await findPerson(database.forTenant(tenantId).read, tenantId, personId) ??
          problem(baseErrors.not_found)
        await checkMentions(request, deps, mentionsOf(body, seen))
      }
      return await write(request, reply, database, async (tx) => {
        const before = await lockPerson(tx, tenantId, personId) ?? problem(baseErrors.not_found)
        requireIfMatch(request, before.version)
        const { language: _, ...sent } = body
        const next = {
          ...applied<Person>(before, sent as Sent<Person>),
          languages: languagesAfter(before.languages, body),
          // from here on he is what staff says of him, not what imports do
          imported: false
        }
        if (!differs<object>(before, next)) {
          return { status: 200, body: personView(before), headers: { etag: etagOf(before.version) } }
        }
        refuse([...personFaults(body), ...await standingFaults(tx, next, before)])
        const person = { ...next, updatedAt: changeTime(before, clock.now()), version: before.version + 1 }
        await updatePerson(tx, tenantId, person)
        await outbox.add(tx, [personEvent(person, { id: ids.next(), tenantId })])
        afterCommit(tx, () => people.changed())
        return { status: 200, body: personView(person), headers: { etag: etagOf(person.version) } }
      })
    }
  })
}
