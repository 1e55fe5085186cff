import { etagOf, problem, write, type App } from '@dueline/http'
import { isUniqueViolation } from '@dueline/postgres'
import { idOfExternal } from '@dueline/service'
import type { Static } from 'typebox'
import { access } from '../access.ts'
import { languagesAfter } from '../domain/languages.ts'
import { newPerson } from '../domain/new-person.ts'
import { personEvent } from '../domain/person-event.ts'
import { errors } from '../errors.ts'
import { insertPerson, type Person } from '../store/person-store.ts'
import { checkMentions, refuse } from './aggregates.ts'
import { personFaults } from './check-person.ts'
import { nowhere, standingFaults } from './check-standing.ts'
import { mentionsOf, NewPerson, PersonSchema, personView } from './people.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/people */
export function postPerson (app: App, deps: RouteDeps): void {
  const { database, ids, outbox } = deps
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
      const { principal: { tenantId }, body } = request
      const person = personFrom(body, tenantId, deps)
      await checkMentions(request, deps, mentionsOf(body, null))
      return await write(request, reply, database, async (tx) => {
        refuse([...personFaults(body), ...await standingFaults(tx, person, nowhere)])
        await insertPerson(tx, tx.tenantId, person).catch((error: unknown) => {
          if (isUniqueViolation(error, 'person_pkey') || isUniqueViolation(error, 'person_external_id')) {
            problem(errors.person_exists, { cause: error })
          }
          throw error
        })
        await outbox.add(tx, [personEvent(person, { id: ids.next(), tenantId })])
        return {
          status: 201,
          body: personView(person),
          headers: { etag: etagOf(1), location: `/v1/people/${person.id}` }
        }
      })
    }
  })
}

/**
 * The id of who has an external one follows from that: whoever imports tickets knows it before hearing of the person.
 */
function personFrom (body: Static<typeof NewPerson>, tenantId: string, { ids, clock }: RouteDeps): Person {
  const { language, languages: _, ...said } = body
  const { externalId = null } = body
  return newPerson({
    ...said,
    id: body.id ?? (externalId === null ? ids.next() : idOfExternal(tenantId, externalId)),
    screenName: body.screenName ?? body.name,
    languages: languagesAfter(language === undefined ? ['en'] : [], body)
  }, clock.now())
}
