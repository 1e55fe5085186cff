import { baseErrors, etagOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { access } from '../access.ts'
import { publishFaults } from '../domain/template-version.ts'
import { errors } from '../errors.ts'
import { stampTies } from '../store/question-store.ts'
import { findVersion, publishedLast, updateVersion, type TemplateVersion } from '../store/version-store.ts'
import { activeTemplate } from './active-template.ts'
import type { RouteDeps } from './route-deps.ts'
import { changesOf, VersionSchema, versionView } from './template-shapes.ts'
import { tieChanged } from './tie-events.ts'

/** POST /v1/template-versions/{templateVersionId}/publish */
export function postTemplateVersionPublish (app: App, deps: RouteDeps): void {
  const { database, clock } = deps
  app.route({
    method: 'POST',
    url: '/v1/template-versions/:templateVersionId/publish',
    config: {
      roles: access.publishTemplateVersion,
      problems: [
        'not_found',
        'template_inactive',
        'version_published',
        'version_unfinished',
        'precondition_failed',
        'precondition_required'
      ],
      answers: { 200: 'The version as it is published' }
    },
    schema: {
      operationId: 'publishTemplateVersion',
      summary: 'Publish a version',
      description: 'From then on it never changes, and tickets about the questions of its template take their ' +
        'answers by it. Tickets that have answers keep the version by which those were checked.',
      tags: ['templates'],
      params: pathId('templateVersionId'),
      response: { 200: VersionSchema }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { tenantId } = tx
        const draft = await findVersion(tx, tenantId, request.params.templateVersionId) ?? problem(baseErrors.not_found)
        // versions of one template are published one after the other
        const template = await activeTemplate(tx, draft.templateId)
        const before = await findVersion(tx, tenantId, draft.id, { lock: true }) ?? problem(baseErrors.not_found)
        requireIfMatch(request, before.version)
        if (before.state === 'published') problem(errors.version_published)
        const faults = publishFaults(before)
        if (faults.length > 0) problem(errors.version_unfinished, { faults: faults.slice(0, 100) })
        const at = clock.now()
        const after: TemplateVersion = {
          ...before,
          state: 'published',
          changes: changesOf(before, await publishedLast(tx, tenantId, before.templateId)),
          version: before.version + 1,
          updatedAt: at,
          publishedAt: at,
          publishedBy: request.principal.subject
        }
        await updateVersion(tx, after)
        await announce(tx, deps, after, template.name)
        return { status: 200, body: versionView(after), headers: { etag: etagOf(after.version) } }
      })
  })
}

async function announce (tx: TenantTx, { outbox, ids }: RouteDeps, after: TemplateVersion, name: string) {
  const { tenantId, id: templateVersionId, templateId, number, questionnaire, updatedAt: time } = after
  const languages = (questionnaire['languages'] as ReadonlyArray<{ tag: string }>).map(({ tag }) => tag)
  const ties = await stampTies(tx, templateId, time)
  await outbox.add(tx, [{
    id: ids.next(),
    type: 'dueline.template.published.v1',
    subject: `template-version/${templateVersionId}`,
    time,
    tenantId,
    partitionKey: templateId,
    sequence: number,
    historical: false,
    data: { templateId, templateVersionId, number, name, languages }
  }, ...ties.map((tie) => tieChanged(tie, templateVersionId, ids))])
}
