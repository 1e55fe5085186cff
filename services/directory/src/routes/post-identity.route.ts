import { canonicalId, isUuid, OneLine } from '@dueline/contracts'
import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { findIdentity, insertIdentity } from '../store/identity-store.ts'
import { lockPerson } from '../store/person-store.ts'
import { IdentitySchema, identityView } from './people.ts'
import type { RouteDeps } from './route-deps.ts'

/** @throws {Problem} 400 for a subject that is the id of another person already, by what its issuer is trusted for */
function refuseIdOfAnother (
  { issuer, subject }: { issuer: string, subject: string },
  personId: string,
  issuers: RouteDeps['issuers']
): void {
  const givesIds = issuers.some((trusted) => trusted.issuer === issuer && trusted.person?.ids === true)
  const id = canonicalId(subject)
  if (!givesIds || !isUuid(id) || id === canonicalId(personId)) return
  problem(baseErrors.validation_failed, {
    detail: 'a UUID of this issuer is the id of a person, who needs no link',
    faults: [{ pointer: '/subject', message: `must be ${personId}, the id of this person, or no UUID` }]
  })
}

/** POST /v1/people/{personId}/identities */
export function postIdentity (app: App, { database, ids, clock, people, issuers }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/people/:personId/identities',
    config: {
      roles: access.createPersonIdentity,
      keys: 'none',
      problems: ['identity_taken'],
      answers: { 200: 'The identity, which the person had already', 201: 'The new identity' }
    },
    schema: {
      operationId: 'createPersonIdentity',
      summary: 'Link a person to a token issuer',
      description:
        'From now on whoever has a token of this issuer and subject is this person. A person may have identities at ' +
        'several issuers; a subject is that of one person. `AUTH_ISSUERS` says which claim of the tokens holds it.',
      tags: ['people'],
      params: pathId('personId'),
      body: Type.Object({
        issuer: Type.String({
          pattern: '^[\\x21-\\x7e]{1,500}$',
          description: '`iss` of the tokens, letter by letter: 1 to 500 visible ASCII characters, no spaces'
        }),
        subject: OneLine(255, 'what the issuer calls the person: `sub`, or `oid` with Entra ID')
      }),
      response: { 200: IdentitySchema, 201: IdentitySchema }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { principal: { subject: createdBy }, params: { personId }, body } = request
        await lockPerson(tx, tx.tenantId, personId) ?? problem(baseErrors.not_found)
        refuseIdOfAnother(body, personId, issuers)
        const identity = { id: ids.next(), ...body, personId, createdBy, createdAt: clock.now() }
        if (await insertIdentity(tx, tx.tenantId, identity)) {
          afterCommit(tx, () => people.changed())
          return { status: 201, body: identityView(identity) }
        }
        const before = await findIdentity(tx, tx.tenantId, body)
        if (before?.personId !== personId) {
          problem(errors.identity_taken, { extra: { personId: before?.personId ?? null } })
        }
        return { status: 200, body: identityView(before) }
      })
  })
}
