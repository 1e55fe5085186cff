import { nullable, PlainText } from '@dueline/contracts'
import { write, type App } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { lockPublishing } from '../store/policy-heads.ts'
import { insertVersion, newestVersion, readSettings } from '../store/policy-store.ts'
import { publishableRows } from '../store/sla-row-store.ts'
import { EffectBody, PolicyVersionSummary, versionToWire } from './policy-versions.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/policy-versions: publishes the active rows and the defaults as the next immutable version. */
export function postPolicyVersion (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/policy-versions',
    config: { roles: access.publishPolicyVersion, answers: { 201: 'The new policy version' } },
    schema: {
      operationId: 'publishPolicyVersion',
      summary: 'Publish the SLA table',
      description: 'Unless the effect is `new_tickets`, open tickets get their new agreements in the background; ' +
        '`reresolution` shows the progress.',
      tags: ['policy versions'],
      body: Type.Object({ ...EffectBody, note: Type.Optional(nullable(PlainText(2_000))) }),
      response: { 201: PolicyVersionSummary }
    },
    handler: async (request, reply) =>
      await write(request, reply, deps.database, async (tx) => {
        await lockPublishing(tx, tx.tenantId)
        const { effect, note = null } = request.body
        const rows = await publishableRows(tx, tx.tenantId)
        const { defaults } = await readSettings(tx, tx.tenantId)
        const version = await newestVersion(tx, tx.tenantId) + 1
        const made = {
          version,
          effect,
          note,
          defaults,
          publishedAt: deps.clock.now(),
          publishedBy: request.principal.personId
        }
        await insertVersion(tx, { ...made, rows })
        await deps.outbox.add(tx, [{
          id: deps.ids.next(),
          type: 'dueline.policy.published.v1',
          subject: `policy/${tx.tenantId}`,
          time: made.publishedAt,
          tenantId: tx.tenantId,
          partitionKey: tx.tenantId,
          sequence: version,
          historical: false,
          data: { version, effect, rowCount: rows.length }
        }])
        afterCommit(tx, () => deps.reresolver.wake())
        const reresolution = effect === 'new_tickets' ? null : { checked: 0, moved: 0, finishedAt: null }
        return {
          status: 201,
          body: versionToWire({ ...made, rowCount: rows.length, reresolution }),
          headers: { location: `/v1/policy-versions/${version}` }
        }
      })
  })
}
